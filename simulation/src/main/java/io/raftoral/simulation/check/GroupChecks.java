package io.raftoral.simulation.check;

import io.raftoral.raft.driver.LogWrite;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.simulation.disk.LogImage;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The invariants of one Raft group, checked as things happen: when a node asks its disk for a write, when the write is
 * durable, when a message leaves, when an entry is applied.
 *
 * <p>All comparisons of logs are comparisons of prefix hashes, so each check costs O(1), or O(nodes) where a quorum is
 * counted. Nothing here asks production code for its opinion: quorums, votes and commitment are derived from what is on
 * the simulated disks.
 */
final class GroupChecks {
  /** Tells about a violation; the first one counts. */
  interface Report {
    void violated(Invariant invariant, int node, String expected, String actual);
  }

  private record Slot(long index, long term) {}

  /**
   * A quorum that cannot be judged yet: the core has applied a change of the configuration that no state machine has
   * applied so far, so that nobody has told what the configuration is.
   */
  private record Open(
      Invariant invariant, int node, BitSet who, long fromIndex, long upToIndex, String expected, String actual) {}

  private final long group;
  private final ClusterView view;
  private final Marks marks;
  private final Report report;
  private final boolean leasesHold;
  private final CommittedLog committed;
  private final Map<Slot, Long> prefixes = new HashMap<>();
  private final TreeMap<Long, Integer> leaders = new TreeMap<>();
  private final Map<Long, long[]> votes = new HashMap<>();
  private final HardState[] durableState;
  private final List<Open> open = new ArrayList<>();
  private final long[] issuedCommit;
  private final Message.@Nullable VoteRequest[] requests;

  GroupChecks(long group, ClusterView view, ConfState bootstrap, boolean leasesHold, Marks marks, Report report) {
    this.group = group;
    this.view = view;
    this.leasesHold = leasesHold;
    this.marks = marks;
    this.report = report;
    this.committed = new CommittedLog(bootstrap);
    this.durableState = new HardState[view.nodes() + 1];
    java.util.Arrays.fill(durableState, HardState.EMPTY);
    this.issuedCommit = new long[view.nodes() + 1];
    this.requests = new Message.@Nullable VoteRequest[view.nodes() + 1];
  }

  CommittedLog committed() {
    return committed;
  }

  /** The newest term that has a leader, and who that is; null before the first. */
  Map.@Nullable Entry<Long, Integer> newestLeader() {
    return leaders.lastEntry();
  }

  int elections() {
    return leaders.size();
  }

  /** The process of a node died: what it had only asked for no longer binds it. */
  void died(int node) {
    issuedCommit[node] = 0;
  }

  // --- disk ---------------------------------------------------------------------------------------------------------

  void issued(int node, LogWrite write, LogImage issued, boolean overwritten) {
    if (overwritten) {
      marks.hit(Mark.LOG_OVERWRITTEN);
    }
    for (Entry entry : write.entries()) {
      Slot slot = new Slot(entry.index(), entry.term());
      long hash = issued.hashAt(entry.index());
      Long known = prefixes.putIfAbsent(slot, hash);
      if (known != null && known != hash) {
        violated(Invariant.I2_LOG_MATCHING, node,
            "the log up to " + slot + " as other nodes have it", "another log, written by node " + node);
      }
      if (entry.index() <= committed.last() && committed.hash(entry.index()) != hash) {
        // Overwriting a committed entry is legal for nobody: what a node holds beyond its commit index may be replaced,
        // but only by what was committed.
        checkOverwrite(node, entry);
      }
    }
    HardState state = write.hardState();
    if (state != null) {
      if (state.commit() < issuedCommit[node]) {
        violated(Invariant.I6_MONOTONE, node, "commit index of at least " + issuedCommit[node], "" + state.commit());
      }
      issuedCommit[node] = state.commit();
      commits(node, state.commit(), "hard state");
    }
  }

  private void checkOverwrite(int node, Entry entry) {
    // A node that is behind may legally hold a wrong tail, which a later leader replaces; but nobody may *newly* write
    // an entry of the term in which, or after which, another entry was committed at this index.
    long committedTerm = committed.term(entry.index());
    if (entry.term() >= committedTerm) {
      violated(Invariant.I3_COMMITTED_STAYS, node,
          "entry " + entry.index() + " of term " + committedTerm + ", which is committed",
          "an entry of term " + entry.term() + " written in its place");
    }
  }

  void durable(int node, LogWrite write, LogImage media) {
    HardState state = write.hardState();
    if (state == null) {
      return;
    }
    HardState before = durableState[node];
    durableState[node] = state;
    if (state.term() < before.term()
        || (state.term() == before.term() && before.vote() != Message.NOBODY && state.vote() != before.vote())
        || state.commit() < before.commit()) {
      violated(Invariant.I6_MONOTONE, node, "nothing before " + before, "" + state);
    }
    if (state.vote() != Message.NOBODY) {
      long[] cast = votes.computeIfAbsent(state.term(), term -> new long[view.nodes() + 1]);
      if (cast[node] != Message.NOBODY && cast[node] != state.vote()) {
        violated(Invariant.I6_MONOTONE, node,
            "its vote in term " + state.term() + " to stay with node " + cast[node], "a vote for " + state.vote());
      }
      cast[node] = state.vote();
    }
    if (media.lastIndex() < Math.min(state.commit(), committed.last())) {
      violated(Invariant.I3_COMMITTED_STAYS, node,
          "a durable log up to its durable commit index " + state.commit(), "a log up to " + media.lastIndex());
    }
  }

  void compacted(int node, long index) {
    marks.hit(Mark.LOG_COMPACTED);
    long durable = view.durableState(node, group);
    if (index > durable) {
      violated(Invariant.COMPACTION, node,
          "compaction up to " + durable + " at most, the durable index of the state", "compaction up to " + index);
    }
  }

  // --- network ------------------------------------------------------------------------------------------------------

  void sending(int node, Message message) {
    switch (message) {
      case Message.AppendRequest append -> {
        leads(node, append.term());
        commits(node, append.commit(), "append");
      }
      case Message.Heartbeat heartbeat -> leads(node, heartbeat.term());
      case Message.InstallSnapshot install -> {
        leads(node, install.term());
        commits(node, install.snapshot().metadata().index(), "snapshot");
        checkSnapshot(node, install);
      }
      case Message.TimeoutNow now -> leads(node, now.term());
      case Message.VoteResponse response -> {
        if (response.granted()) {
          voted(node, response);
        }
      }
      case Message.AppendAccepted accepted -> acknowledged(node, accepted);
      case Message.AppendRejected ignored -> {}
      case Message.HeartbeatResponse ignored -> {}
      case Message.VoteRequest request -> requests[node] = request;
      case Message.PreVoteRequest ignored -> {}
      case Message.PreVoteResponse ignored -> {}
      case Message.ForwardedProposal ignored -> {}
      case Message.ForwardedConfChange ignored -> {}
      case Message.ReadIndexRequest ignored -> {}
      case Message.ReadIndexResponse ignored -> {}
      case Message.ForwardedTransfer ignored -> {}
    }
  }

  private void voted(int node, Message.VoteResponse response) {
    HardState state = durableState[node];
    if (state.term() < response.term() || (state.term() == response.term() && state.vote() != response.to())) {
      violated(Invariant.I7_DURABLE_FIRST, node,
          "its vote for node " + response.to() + " in term " + response.term() + " durable before it is sent",
          "on its disk: " + state);
    }
  }

  private void acknowledged(int node, Message.AppendAccepted accepted) {
    LogImage media = view.media(node, group);
    if (durableState[node].term() < accepted.term()) {
      violated(Invariant.I7_DURABLE_FIRST, node,
          "term " + accepted.term() + " durable before an append is acknowledged", "on its disk: " + durableState[node]);
    }
    if (media.lastIndex() < accepted.matchIndex() && durableState[node].term() == accepted.term()) {
      violated(Invariant.I7_DURABLE_FIRST, node,
          "entries up to " + accepted.matchIndex() + " durable before they are acknowledged",
          "a durable log up to " + media.lastIndex());
      return;
    }
    Integer leader = leaders.get(accepted.term());
    LogImage leaders = leader == null || durableState[node].term() != accepted.term() ? null : view.issued(leader, group);
    if (leaders != null && leaders.hardState().term() == accepted.term()) {
      long mine = media.hashAt(accepted.matchIndex());
      long theirs = leaders.hashAt(accepted.matchIndex());
      if (mine != LogImage.NO_HASH && theirs != LogImage.NO_HASH && mine != theirs) {
        violated(Invariant.I7_DURABLE_FIRST, node,
            "the leader's log up to " + accepted.matchIndex() + " durable before it is acknowledged",
            "another log is durable up to there");
      }
    }
  }

  private void checkSnapshot(int node, Message.InstallSnapshot install) {
    long index = install.snapshot().metadata().index();
    if (index <= committed.last() && committed.term(index) != install.snapshot().metadata().term()) {
      violated(Invariant.I3_COMMITTED_STAYS, node,
          "a snapshot at " + index + " of term " + committed.term(index),
          "term " + install.snapshot().metadata().term());
    }
  }

  // --- leaders ------------------------------------------------------------------------------------------------------

  void leads(int node, long term) {
    Integer known = leaders.get(term);
    if (known == null) {
      leaders.put(term, node);
      elected(node, term);
    } else if (known != node) {
      violated(Invariant.I1_ONE_LEADER_PER_TERM, node, "node " + known + " to lead term " + term, "node " + node + " leads it");
    }
  }

  private void elected(int node, long term) {
    marks.hit(Mark.LEADER_ELECTED);
    long[] cast = votes.getOrDefault(term, new long[view.nodes() + 1]);
    BitSet votedForIt = new BitSet();
    for (int voter = 1; voter < cast.length; voter++) {
      votedForIt.set(voter, cast[voter] == node);
    }
    requireQuorum(new Open(
        Invariant.I1_ONE_LEADER_PER_TERM, node, votedForIt, view.applied(node, group), committed.last(),
        "a quorum of durable votes before node " + node + " leads term " + term, "votes " + describe(cast)));
    long bound = committed.lastBefore(term);
    LogImage log = view.issued(node, group);
    boolean differs = log != null && bound > log.startIndex() && log.hashAt(bound) != LogImage.NO_HASH
        && log.hashAt(bound) != committed.hash(bound);
    Message.VoteRequest asked = requests[node];
    if (asked != null && asked.term() == term && asked.transfer()) {
      marks.hit(Mark.LEADERSHIP_TRANSFERRED);
    }
    Map.Entry<Long, Integer> before = leaders.lowerEntry(term);
    if (before != null && before.getValue() != node && view.issued(before.getValue(), group) != null) {
      marks.hit(Mark.LEADER_REPLACED_WHILE_ALIVE);
    }
    long hasUpTo = asked != null && asked.term() == term ? asked.lastIndex() : bound;
    if (differs || hasUpTo < bound) {
      violated(Invariant.I4_LEADER_COMPLETENESS, node,
          "the leader of term " + term + " to hold the committed log up to " + bound,
          differs ? "a log that differs there" : "a log up to " + hasUpTo);
    }
    if (leasesHold) {
      for (int other = 1; other <= view.nodes(); other++) {
        if (other != node && view.holdsLease(other, group)) {
          violated(Invariant.LEASE, node, "nobody else to lead while node " + other + " holds a lease",
              "node " + node + " leads term " + term);
        }
      }
    }
  }

  /** The nodes are a quorum of a configuration that may be in force, or will turn out to be. */
  private void requireQuorum(Open wanted) {
    if (reachedInSome(wanted.fromIndex(), wanted.who())) {
      return;
    }
    if (committed.configurationIsOpen(wanted.upToIndex())) {
      open.add(wanted);
    } else {
      violated(wanted.invariant(), wanted.node(), wanted.expected() + "; members are " + committed.newest(), wanted.actual());
    }
  }

  private boolean reachedInSome(long fromIndex, BitSet who) {
    for (ConfState configuration : committed.inForceFrom(fromIndex)) {
      if (Quorums.reached(configuration, voter -> who.get((int) voter))) {
        return true;
      }
    }
    return false;
  }

  // --- commitment ---------------------------------------------------------------------------------------------------

  /** A node says that everything up to {@code index} is committed. */
  private void commits(int node, long index, String how) {
    LogImage log = view.issued(node, group);
    if (log == null) {
      return;
    }
    long known = Math.min(index, Math.min(committed.last(), log.lastIndex()));
    if (known > log.startIndex() && log.hashAt(known) != committed.hash(known)) {
      violated(Invariant.I3_COMMITTED_STAYS, node,
          "the committed log up to " + known, "node " + node + " takes another log for committed (" + how + ")");
      return;
    }
    if (index <= committed.last()) {
      return;
    }
    // A leader's own disk may be behind: what it has not even asked to be written can be durable on a quorum of others.
    int holder = holder(index, log.hashAt(index), log.hardState().term());
    if (holder == 0) {
      violated(Invariant.I7_DURABLE_FIRST, node,
          "entry " + index + " durable somewhere before node " + node + " takes it for committed (" + how + ")",
          "it holds term " + log.termAt(index) + " there; durable are " + describeMedia(index));
      return;
    }
    LogImage media = view.media(holder, group);
    for (long i = committed.last() + 1; i <= index; i++) {
      committed.append(media.termAt(i), media.hashAt(i), media.entry(i) instanceof Entry.Membership);
      if (media.termAt(i) < log.hardState().term()) {
        marks.hit(Mark.OLD_TERM_ENTRY_COMMITTED);
      }
    }
    requireQuorum(new Open(
        Invariant.I7_DURABLE_FIRST, node, holders(index, media.hashAt(index)), view.applied(node, group), index - 1,
        "entry " + index + " durable on a quorum before node " + node + " takes it for committed (" + how + ")",
        "durable are " + describeMedia(index)));
  }

  /**
   * A node on whose disk the log up to {@code index} is; 0 if there is none.
   *
   * @param wanted the hash that the log must have there; {@link LogImage#NO_HASH} if the leader has not written it yet,
   *     when it must be one of the leader's term
   */
  private int holder(long index, long wanted, long leaderTerm) {
    for (int holder = 1; holder <= view.nodes(); holder++) {
      LogImage media = view.media(holder, group);
      boolean fits = wanted == LogImage.NO_HASH ? media.termAt(index) == leaderTerm : media.hashAt(index) == wanted;
      if (fits && media.startIndex() <= committed.last() && index > media.startIndex()) {
        return holder;
      }
    }
    return 0;
  }

  private BitSet holders(long index, long hash) {
    BitSet holders = new BitSet();
    for (int node = 1; node <= view.nodes(); node++) {
      holders.set(node, view.media(node, group).hashAt(index) == hash);
    }
    return holders;
  }

  private String describeMedia(long index) {
    StringBuilder text = new StringBuilder();
    for (int node = 1; node <= view.nodes(); node++) {
      LogImage media = view.media(node, group);
      text.append(node > 1 ? ", " : "").append("node ").append(node).append(": ");
      if (media.lastIndex() < index) {
        text.append("up to ").append(media.lastIndex());
      } else {
        text.append("term ").append(media.termAt(index));
      }
    }
    return text.toString();
  }

  // --- applying -----------------------------------------------------------------------------------------------------

  /** A node has applied an entry. */
  void applied(int node, long index, long term, long digest, @Nullable ConfState configuration) {
    commits(node, index, "apply");
    if (index > committed.last()) {
      return;
    }
    if (committed.term(index) != term) {
      violated(Invariant.I5_SAME_STATE, node,
          "entry " + index + " of term " + committed.term(index), "an entry of term " + term + " is applied");
    }
    if (configuration != null) {
      ConfState known = committed.configuration(index);
      if (known == null) {
        committed.addConfiguration(index, configuration);
        configurationChanged(configuration);
        List<Open> wanted = List.copyOf(open);
        open.clear();
        wanted.forEach(this::requireQuorum);
      } else if (!known.equals(configuration)) {
        violated(Invariant.I5_SAME_STATE, node, "configuration " + known + " at " + index, "" + configuration);
      }
    }
    sameDigest(node, index, digest);
  }

  private void configurationChanged(ConfState configuration) {
    marks.hit(Mark.CONFIGURATION_CHANGED);
    marks.hit(configuration.votersOutgoing().isEmpty()
        ? Mark.JOINT_CONFIGURATION_LEFT
        : Mark.JOINT_CONFIGURATION_ENTERED);
  }

  /** A node has put a snapshot in place of its state. */
  void restored(int node, SnapshotMetadata snapshot, long digest) {
    ConfState inForce = committed.inForceFrom(snapshot.index()).getFirst();
    if (!inForce.equals(snapshot.confState())) {
      violated(Invariant.I5_SAME_STATE, node,
          "configuration " + inForce + " in a snapshot at " + snapshot.index(), "" + snapshot.confState());
    }
    sameDigest(node, snapshot.index(), digest);
  }

  /** A node's state after {@code index}, however it got there. */
  private void sameDigest(int node, long index, long digest) {
    if (index > committed.last()) {
      violated(Invariant.I5_SAME_STATE, node, "a state of committed entries, up to " + committed.last(),
          "a state at " + index);
      return;
    }
    long known = committed.digest(index);
    if (known == 0) {
      committed.setDigest(index, digest);
    } else if (known != digest) {
      violated(Invariant.I5_SAME_STATE, node,
          "state " + Long.toHexString(known) + " after entry " + index, "state " + Long.toHexString(digest));
    }
  }

  private void violated(Invariant invariant, int node, String expected, String actual) {
    report.violated(invariant, node, expected, actual);
  }

  private static String describe(long[] cast) {
    StringBuilder text = new StringBuilder();
    for (int voter = 1; voter < cast.length; voter++) {
      if (cast[voter] != Message.NOBODY) {
        text.append(text.isEmpty() ? "" : ", ").append("node ").append(voter).append(" for ").append(cast[voter]);
      }
    }
    return text.isEmpty() ? "none" : text.toString();
  }
}
