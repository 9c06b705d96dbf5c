package io.raftoral.raft.role;

import io.raftoral.raft.log.LogStorage;
import io.raftoral.raft.log.RaftLog;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.progress.InFlights;
import io.raftoral.raft.progress.Progress;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Brings the members' logs in line with the leader's, and counts what a quorum holds (Raft paper, sections 5.3, 5.4.2
 * and 7).
 *
 * <p>When a follower refuses an append, both sides skip whole terms to find the point where the logs agree, instead of
 * trying one index after the other. The follower skips back over what it has of terms newer than {@code prevTerm} and
 * answers with index and term of where it stops; the leader skips back over what it has of terms newer than that. For
 * example, probing at 9:
 *
 * <pre>
 *   index       1 2 3 4 5 6 7 8 9
 *   leader      1 3 3 3 5 5 5 5 5     the follower's 6 to 4 cannot match anything below the leader's 9@5 ...
 *   follower    1 1 1 1 2 2           ... so far as terms go they can (2 is not above 5): hint 6@2
 *                                     the leader's last entry of a term up to 2 is 1@1: it probes at 1, and it matches
 *
 *   leader      1 3 3 3 3 3 3 3 7     probing at 8@3
 *   follower    1 3 3 4 4 5 5 5 6     the follower's last entry of a term up to 3 is 3@3: hint 3@3, and it matches
 * </pre>
 */
final class Replication {
  private final RaftCore core;
  private final SortedMap<Long, Progress> members = new TreeMap<>();

  /** All members are assumed to hold everything before {@code next}, until they say otherwise. */
  Replication(RaftCore core, long next) {
    this.core = core;
    for (long node : core.membership().members()) {
      members.put(node, newProgress(next));
    }
    Progress self = members.get(core.id());
    if (self != null) {
      // What its log holds from older terms cannot be committed by counting, so it may be taken as held before it is
      // known to be durable. Entries of this term count only once they are: see Outbox.
      self.maybeUpdate(next - 1);
      self.becomeReplicate();
      self.recentlyActive(true);
    }
  }

  private Progress newProgress(long next) {
    InFlights window = new InFlights(core.config().maxInFlightMessages(), core.config().maxInFlightBytes());
    return new Progress(next, window, core::violation);
  }

  /** What is known of everybody, by id. */
  SortedMap<Long, Progress> members() {
    return members;
  }

  /** Sends everybody what they lack, or at least the commit index. */
  void broadcastAppend() {
    for (var member : members.entrySet()) {
      if (member.getKey() != core.id()) {
        maybeSend(member.getKey(), member.getValue(), true);
      }
    }
  }

  void broadcastHeartbeat(long round) {
    for (var member : members.entrySet()) {
      long to = member.getKey();
      if (to != core.id()) {
        // A follower must not be told of commits beyond what it is known to hold: the rest of its log may conflict.
        long commit = Math.min(member.getValue().match(), core.log().committed());
        core.send(new Message.Heartbeat(core.id(), to, core.term(), commit, round));
        member.getValue().sentCommit(commit);
      }
    }
  }

  /** Sends {@code to} what it lacks, or at least the commit index, unless flow control says no. */
  void send(long to) {
    Progress progress = members.get(to);
    if (progress != null) {
      maybeSend(to, progress, true);
    }
  }

  private boolean maybeSend(long to, Progress progress, boolean evenIfEmpty) {
    if (progress.isPaused()) {
      return false;
    }
    long prevIndex = progress.next() - 1;
    long prevTerm = core.log().term(prevIndex);
    if (prevTerm == RaftLog.UNKNOWN_TERM) {
      return maybeSendSnapshot(to, progress);
    }
    List<Entry> entries = List.of();
    // With a full window only an empty append goes out: if everything in flight was lost, its answer frees the window.
    if (progress.state() != Progress.State.REPLICATE || !progress.inFlights().full()) {
      try {
        long limitBytes = core.config().maxSizePerMessageBytes();
        entries = core.log().entries(progress.next(), core.log().lastIndex() + 1, limitBytes);
      } catch (LogStorage.CompactedException e) {
        return maybeSendSnapshot(to, progress);
      }
    }
    if (entries.isEmpty() && !evenIfEmpty) {
      return false;
    }
    long commit = core.log().committed();
    core.send(new Message.AppendRequest(core.id(), to, core.term(), prevIndex, prevTerm, commit, entries));
    progress.sentEntries(entries.size(), sizeOf(entries));
    progress.sentCommit(commit);
    return true;
  }

  private static long sizeOf(List<Entry> entries) {
    long bytes = 0;
    for (Entry entry : entries) {
      bytes += entry.sizeBytes();
    }
    return bytes;
  }

  private boolean maybeSendSnapshot(long to, Progress progress) {
    if (!progress.recentlyActive()) {
      return false; // A snapshot to a dead node would be read for nothing.
    }
    Snapshot snapshot;
    try {
      snapshot = core.log().snapshotToSend();
    } catch (LogStorage.SnapshotUnavailableException e) {
      return false; // It is being made. The member's next heartbeat answer brings us here again.
    }
    progress.becomeSnapshot(snapshot.metadata().index());
    core.send(new Message.InstallSnapshot(core.id(), to, core.term(), snapshot));
    return true;
  }

  /** A member holds the log durably up to some index; returns whether that was news. */
  boolean accepted(Message.AppendAccepted m) {
    Progress progress = members.get(m.from());
    if (progress == null) {
      return false;
    }
    if (m.matchIndex() > core.log().lastIndex()) {
      core.rejectMessage(); // Nobody can hold what this leader does not.
      return false;
    }
    progress.recentlyActive(true);
    // News; or a probe was answered that found nothing new, and still shows that the logs agree.
    boolean probeMatched = progress.state() == Progress.State.PROBE && progress.match() == m.matchIndex();
    if (!progress.maybeUpdate(m.matchIndex()) && !probeMatched) {
      return false;
    }
    switch (progress.state()) {
      case PROBE -> progress.becomeReplicate();
      case SNAPSHOT -> {
        // Whether through the snapshot or an append that overtook it: once the log connects, go on by appends.
        if (progress.match() + 1 >= core.log().firstIndex()) {
          progress.becomeReplicate();
        }
      }
      case REPLICATE -> progress.free(m.matchIndex());
    }
    boolean advanced = maybeCommit();
    if (m.from() == core.id()) {
      return true;
    }
    if (!advanced && progress.canBumpCommit(core.log().committed())) {
      maybeSend(m.from(), progress, true);
    }
    // The window may have opened for several messages.
    while (maybeSend(m.from(), progress, false)) {}
    return true;
  }

  /**
   * Commits what a quorum holds, if it ends in an entry of this term: entries of older terms are committed only along
   * with one of this term, never by counting (Raft paper, section 5.4.2 and figure 8). Then everybody is told.
   */
  private boolean maybeCommit() {
    long quorumHolds = core.membership().voters().committed(this::match);
    if (!core.maybeCommit(quorumHolds, core.term())) {
      return false;
    }
    broadcastAppend();
    return true;
  }

  private long match(long node) {
    Progress progress = members.get(node);
    return progress == null ? 0 : progress.match();
  }

  /** A member does not hold the entry before those that were appended. */
  void rejected(Message.AppendRejected m) {
    Progress progress = members.get(m.from());
    if (progress == null) {
      return;
    }
    if (m.rejectedIndex() > core.log().lastIndex()) {
      core.rejectMessage(); // Nobody can refuse what this leader cannot have sent.
      return;
    }
    progress.recentlyActive(true);
    long hint = m.hintIndex();
    if (m.hintTerm() > 0) {
      hint = core.log().lastIndexNotAbove(hint, m.hintTerm());
    }
    if (progress.maybeDecrease(m.rejectedIndex(), hint)) {
      if (progress.state() == Progress.State.REPLICATE) {
        progress.becomeProbe();
      }
      maybeSend(m.from(), progress, true);
    }
  }

  /** A member is alive, and followed this leader after the heartbeat's round began. */
  void heartbeatAnswered(Message.HeartbeatResponse m) {
    Progress progress = members.get(m.from());
    if (progress == null) {
      return;
    }
    progress.recentlyActive(true);
    progress.confirmRound(m.round());
    progress.resume();
    // Appends to it may have been lost: one more is tried, empty if the window is full. One that is caught up but
    // probed, since it was once unreachable, gets an empty append too, so that its answer ends the probing.
    if (progress.match() < core.log().lastIndex() || progress.state() == Progress.State.PROBE) {
      maybeSend(m.from(), progress, true);
    }
  }

  /** A snapshot to {@code node} arrived or got lost. */
  void snapshotReported(long node, boolean delivered) {
    Progress progress = members.get(node);
    if (progress == null || progress.state() != Progress.State.SNAPSHOT) {
      return;
    }
    if (!delivered) {
      progress.snapshotFailed();
    }
    progress.becomeProbe();
    // If it arrived, its answer to the snapshot is on the way; if not, the member deserves a pause: go on after its
    // next sign of life.
    progress.pause();
  }

  /** Messages to {@code node} get lost: stop streaming. */
  void unreachable(long node) {
    Progress progress = members.get(node);
    if (progress != null && progress.state() == Progress.State.REPLICATE) {
      progress.becomeProbe();
    }
  }

  /** Takes up new members, drops those that left, and counts anew: a smaller quorum may hold more. */
  void membershipChanged() {
    updateMembers();
    if (!maybeCommit()) {
      // New members need not wait for the next proposal or heartbeat.
      for (var member : members.entrySet()) {
        if (member.getKey() != core.id()) {
          maybeSend(member.getKey(), member.getValue(), false);
        }
      }
    }
  }

  /** Takes up new members and drops those that left. */
  void updateMembers() {
    members.keySet().removeIf(node -> !core.membership().contains(node));
    for (long node : core.membership().members()) {
      if (!members.containsKey(node)) {
        Progress progress = newProgress(Math.max(core.log().lastIndex(), 1));
        // It had no chance to answer yet: check-quorum gives it one round.
        progress.recentlyActive(true);
        members.put(node, progress);
      }
    }
  }

  boolean isRecentlyActive(long node) {
    Progress progress = members.get(node);
    return progress != null && progress.recentlyActive();
  }

  /** Begins a new period of check-quorum. */
  void clearRecentlyActive() {
    members.forEach((node, progress) -> progress.recentlyActive(node == core.id()));
  }

  long confirmedRound(long node) {
    Progress progress = members.get(node);
    return progress == null ? 0 : progress.confirmedRound();
  }

  /** Whether {@code node} holds the whole log. */
  boolean isCaughtUp(long node) {
    Progress progress = members.get(node);
    return progress != null && progress.match() == core.log().lastIndex();
  }
}
