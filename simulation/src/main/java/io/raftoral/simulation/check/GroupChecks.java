package io.raftoral.simulation.check;

import io.raftoral.raft.RoleName;
import io.raftoral.raft.driver.LogWrite;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.raft.trace.TraceEvent;
import io.raftoral.simulation.disk.LogImage;
import java.util.HashMap;
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
  private final long[] issuedCommit;
  /** Which configuration each node's core counts by, and what it told of last. */
  private final int[] configurationInForce;
  private final TraceEvent.@Nullable Kind[] told;
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
    this.configurationInForce = new int[view.nodes() + 1];
    this.told = new TraceEvent.@Nullable Kind[view.nodes() + 1];
    this.requests = new Message.@Nullable VoteRequest[view.nodes() + 1];
  }

  CommittedLog committed() {
    return committed;
  }

  /** The number of the configuration that a node's core counts by; if the node is down, would begin to count by. */
  int configurationInForce(int node) {
    return view.issued(node, group) != null
        ? configurationInForce[node]
        : committed.configurationAt(view.durableState(node, group));
  }

  /** The newest term that has a leader, and who that is; null before the first. */
  Map.@Nullable Entry<Long, Integer> newestLeader() {
    return leaders.lastEntry();
  }

  int leaderOf(long term) {
    return leaders.getOrDefault(term, 0);
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

  void durable(int node, LogImage media) {
    long replacedAt = media.start().index();
    if (replacedAt > view.durableState(node, group)) {
      violated(Invariant.COMPACTION, node,
          "a durable state that contains the snapshot at " + replacedAt + " before the log is replaced",
          "the durable state ends at " + view.durableState(node, group));
    }
    HardState state = media.hardState();
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
      case Message.SnapshotRequest ignored -> {}
      case Message.SnapshotPart ignored -> {}
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

  // --- the core -----------------------------------------------------------------------------------------------------

  /** The core of a node tells what it does. What it says about quorums is not believed, only when it acts on one. */
  void core(int node, TraceEvent event) {
    TraceEvent.Kind before = told[node];
    told[node] = event.kind();
    switch (event.kind()) {
      case INIT -> {
        configurationInForce[node] = committed.configurationAt(view.durableState(node, group));
        sameConfiguration(node, event.configuration());
      }
      case APPLY_CONFIGURATION -> {
        // Right after its log was replaced the configuration is the snapshot's; otherwise it is the next in the log.
        configurationInForce[node] =
            before == TraceEvent.Kind.APPEND
                ? committed.configurationAt(event.commit())
                : Math.min(configurationInForce[node] + 1, committed.configurations() - 1);
        sameConfiguration(node, event.configuration());
      }
      case BECOME_PRE_CANDIDATE, BECOME_CANDIDATE -> countsByNewest(node, event);
      case BECOME_LEADER -> {
        countsByNewest(node, event);
        leads(node, event.term());
        elected(node, event);
      }
      case COMMIT -> {
        if (event.role() == RoleName.LEADER) {
          leaderCommits(node, event);
        } else {
          // What the core has just appended is not even on its way to the disk: logs are compared when it is.
          knowsCommitted(node, event.commit(), "from a leader");
        }
      }
      case BECOME_FOLLOWER, REPLICATE, APPEND, SEND, RECEIVE -> {}
    }
  }

  private void sameConfiguration(int node, ConfState actual) {
    ConfState expected = committed.configuration(configurationInForce[node]);
    if (!expected.equals(actual)) {
      violated(Invariant.I5_SAME_STATE, node, "configuration " + expected + ", by the committed log", "" + actual);
    }
  }

  /** Whoever asks for votes counts them by the newest configuration that it knows to be committed. */
  private void countsByNewest(int node, TraceEvent event) {
    int newest = committed.configurationAt(Math.min(event.commit(), committed.last()));
    if (configurationInForce[node] < newest) {
      violated(Invariant.I1_ONE_LEADER_PER_TERM, node,
          "a candidate that counts votes by " + committed.configuration(newest) + ", which it knows to be committed",
          "it counts by " + committed.configuration(configurationInForce[node]));
    }
  }

  private void leads(int node, long term) {
    Integer known = leaders.get(term);
    if (known == null) {
      leaders.put(term, node);
    } else if (known != node) {
      violated(Invariant.I1_ONE_LEADER_PER_TERM, node, "node " + known + " to lead term " + term, "node " + node + " leads it");
    }
  }

  private void elected(int node, TraceEvent event) {
    long term = event.term();
    marks.hit(Mark.LEADER_ELECTED);
    ConfState configuration = committed.configuration(configurationInForce[node]);
    if (!configuration.votersOutgoing().isEmpty()) {
      marks.hit(Mark.ELECTED_BY_JOINT_CONFIGURATION);
    }
    long[] cast = votes.getOrDefault(term, new long[view.nodes() + 1]);
    if (!Quorums.reached(configuration, voter -> cast[(int) voter] == node)) {
      violated(Invariant.I1_ONE_LEADER_PER_TERM, node,
          "durable votes of a quorum of " + configuration + " before node " + node + " leads term " + term,
          "votes " + describe(cast));
    }
    long bound = committed.lastBefore(term);
    LogImage log = view.issued(node, group);
    boolean differs = log != null && bound > log.startIndex() && log.hashAt(bound) != LogImage.NO_HASH
        && log.hashAt(bound) != committed.hash(bound);
    if (differs || event.logLength() < bound) {
      violated(Invariant.I4_LEADER_COMPLETENESS, node,
          "the leader of term " + term + " to hold the committed log up to " + bound,
          differs ? "a log that differs there" : "a log up to " + event.logLength());
    }
    Message.VoteRequest asked = requests[node];
    if (asked != null && asked.term() == term && asked.transfer()) {
      marks.hit(Mark.LEADERSHIP_TRANSFERRED);
    }
    Map.Entry<Long, Integer> before = leaders.lowerEntry(term);
    if (before != null && before.getValue() != node && view.issued(before.getValue(), group) != null) {
      marks.hit(Mark.LEADER_REPLACED_WHILE_ALIVE);
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

  // --- commitment ---------------------------------------------------------------------------------------------------

  /** A leader decides that everything up to its commit index is committed: this is where commitment comes from. */
  private void leaderCommits(int node, TraceEvent event) {
    long index = event.commit();
    LogImage log = view.issued(node, group);
    if (log == null || index <= committed.last()) {
      return;
    }
    // A leader's own disk may be behind: what it has not even asked to be written can be durable on a quorum of others.
    int holder = holder(index, log.hashAt(index), event.term());
    if (holder == 0) {
      violated(Invariant.I7_DURABLE_FIRST, node,
          "entry " + index + " durable somewhere before node " + node + " takes it for committed",
          "it holds term " + log.termAt(index) + " there; durable are " + describeMedia(index));
      return;
    }
    LogImage media = view.media(holder, group);
    if (media.termAt(index) != event.term()) {
      violated(Invariant.I3_COMMITTED_STAYS, node,
          "the leader of term " + event.term() + " to commit entries of that term, and older ones along with them only",
          "entry " + index + " of term " + media.termAt(index) + " is committed by counting");
    }
    ConfState configuration = committed.configuration(configurationInForce[node]);
    if (!configuration.votersOutgoing().isEmpty()) {
      marks.hit(Mark.COMMITTED_BY_JOINT_CONFIGURATION);
    }
    if (!Quorums.reached(configuration, voter -> view.media((int) voter, group).hashAt(index) == media.hashAt(index))) {
      violated(Invariant.I7_DURABLE_FIRST, node,
          "entry " + index + " durable on a quorum of " + configuration + " before node " + node
              + " takes it for committed",
          "durable are " + describeMedia(index));
    }
    for (long i = committed.last() + 1; i <= index; i++) {
      Entry entry = media.entry(i);
      committed.append(entry, media.hashAt(i));
      if (entry.term() < event.term()) {
        marks.hit(Mark.OLD_TERM_ENTRY_COMMITTED);
      }
      if (entry instanceof Entry.Membership) {
        configurationChanged(committed.newest());
      }
    }
  }

  /** A node says that everything up to {@code index} is committed. */
  private void commits(int node, long index, String how) {
    LogImage log = view.issued(node, group);
    if (log == null) {
      return;
    }
    if (!knowsCommitted(node, index, how)) {
      return;
    }
    if (index > log.startIndex() && index <= log.lastIndex() && log.hashAt(index) != committed.hash(index)) {
      violated(Invariant.I3_COMMITTED_STAYS, node,
          "the committed log up to " + index, "node " + node + " takes another log for committed (" + how + ")");
    }
  }

  private boolean knowsCommitted(int node, long index, String how) {
    if (index <= committed.last()) {
      return true;
    }
    violated(Invariant.I7_DURABLE_FIRST, node,
        "node " + node + " to take for committed (" + how + ") what a leader has committed, up to " + committed.last(),
        "it takes entry " + index + " for committed");
    return false;
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
      ConfState expected = committed.configuration(committed.configurationAt(index));
      if (!expected.equals(configuration)) {
        violated(Invariant.I5_SAME_STATE, node, "configuration " + expected + " at " + index, "" + configuration);
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
    ConfState inForce = committed.configuration(committed.configurationAt(snapshot.index()));
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
    if (digest == 0) {
      return;
    }
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
