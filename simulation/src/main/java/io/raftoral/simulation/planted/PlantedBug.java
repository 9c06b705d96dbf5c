package io.raftoral.simulation.planted;

import io.raftoral.simulation.plan.Profile;
import io.raftoral.simulation.planted.Patch.BranchForced;
import io.raftoral.simulation.planted.Patch.CallAnswers;
import io.raftoral.simulation.planted.Patch.CallGivesFirst;
import io.raftoral.simulation.planted.Patch.ComparesEqual;
import io.raftoral.simulation.planted.Patch.OneCallAnswers;
import io.raftoral.simulation.planted.Patch.ReadsOtherField;
import io.raftoral.simulation.planted.Patch.Returns;
import io.raftoral.simulation.planted.Patch.Skips;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Bugs that the simulator has to find, each one rule of the production code switched off. */
public enum PlantedBug {
  NO_FENCE(
      "an outcome is accepted in an entry of another term than it was computed in",
      new Returns(Names.APPLIER, "fence", 1)),
  NO_CHAIN(
      "an outcome is accepted whatever its author knew of the journal", new Returns(Names.APPLIER, "chain", 1)),
  SECOND_INTENT("a position takes a second intent", new Returns(Names.APPLIER, "intentFree", 1)),
  NO_OUTPUT_COMMIT(
      "effects begin before what they rest on is committed", new Skips(Names.RUN + "Lane", "outputCommit")),
  RIGHT_FOR_EVERYBODY(
      "whoever finds an intent runs its at-most-once effect", new Returns(Names.RUN + "EffectSlot", "obtainRight", 1)),
  NO_REBUILD_BARRIER(
      "a thread is rebuilt while proposals of the old one are under way",
      new CallAnswers(Names.RUN + "RunHost", "rebuildBarrier", "resolved", 1)),
  EFFECTS_AFTER_TRANSFER(
      "effects go on while leadership is handed over", new Skips(Names.RUN + "LeaseGuard", "handOver")),
  ACTIVE_BEFORE_OWN_TERM_IS_APPLIED(
      "a leader is active before it has applied an entry of its own term",
      new ComparesEqual(Names.ENGINE + "WorkflowEngine", "activateIfDue", 2)),
  EFFECTS_WITHOUT_LEASE(
      "effects run whether there is a lease or not",
      new Returns(Names.RUN + "LeaseGuard", "leaseLeftNanos", Long.MAX_VALUE / 2)),
  DEPOSED_THREADS_GO_ON(
      "a thread that acted is kept when its node is deposed",
      new CallAnswers(Names.RUN + "RunHost", "deactivate", "engaged", 0)),
  SHADOWS_RUN_EFFECTS(
      "followers act as if they were active",
      new Returns(Names.RUN + "RunHost", "isActive", 1),
      new Returns(Names.RUN + "LeaseGuard", "leaseLeftNanos", Long.MAX_VALUE / 2)),
  FOREIGN_OUTCOMES_COUNT_AS_OWN(
      "an outcome of another thread confirms one's own", new CallAnswers(Names.RUN + "RunHost", "advanced", "isBy", 1)),
  START_TWICE("a start does not look whether its id is taken", new CallAnswers(Names.APPLIER, "start", "newest", 0)),
  TIMERS_FIRE_EARLY("a timer does not look at the clock", new ComparesEqual(Names.RUN + "Inbox$1", "come", 1)),
  RETRY_WITHOUT_PROOF(
      "an at-most-once effect is tried again after any failure",
      new Returns(Names.RUN + "EffectCall", "provesNotExecuted", 1)),
  STATE_CALLED_DURABLE_TOO_EARLY(
      "the log is compacted up to what is applied, durable or not",
      new ReadsOtherField(Names.ENGINE + "Durability", "durableIndex", "durableIndex", "writtenIndex")),
  VOTE_WITHOUT_UP_TO_DATE_CHECK(
      "votes go to candidates whose log is behind", new Returns(Names.LOG, "isUpToDate", 1)),
  PROMISE_BEFORE_DURABLE(
      "votes and acknowledgements leave before the write they rest on", new Returns(Names.ROLE + "Outbox", "promises", 0)),
  COMMIT_OLD_TERM_BY_COUNTING(
      "entries of older terms are committed by counting (figure 8)",
      new CallAnswers(Names.LOG, "maybeCommit", "matches", 1)),
  APPEND_WITHOUT_PREVIOUS_CHECK(
      "a follower takes entries without holding the one before them",
      new CallAnswers(Names.LOG, "maybeAppend", "matches", 1)),
  JOINT_COMMIT_BY_NEW_HALF(
      "a joint configuration commits by the majority of its new half alone",
      new ReadsOtherField(Names.QUORUM + "JointQuorum", "committed", "outgoing", "incoming")),
  JOINT_VOTE_BY_NEW_HALF(
      "a joint configuration elects by the majority of its new half alone",
      new ReadsOtherField(Names.QUORUM + "JointQuorum", "vote", "outgoing", "incoming")),
  READ_WITHOUT_QUORUM("reads are served without a round of heartbeats",
      new Returns(Names.ROLE + "Reads", "confirmedRound", Long.MAX_VALUE)),
  READ_BEFORE_COMMIT_IN_TERM("a new leader serves reads before it has committed in its term",
      new Returns(Names.ROLE + "RaftCore", "hasCommittedInTerm", 1)),
  CAMPAIGN_WITH_UNAPPLIED_CHANGE("a node campaigns by a configuration that is not in force any more",
      new Returns(Names.ROLE + "Elections", "hasUnappliedConfChange", 0)),
  CHANGES_OVERLAP("a membership change is appended before the one before it is applied",
      new Returns(Names.ROLE + "Leader", "comesTooEarly", 0)),
  VOTE_DESPITE_LEASE("a node that has confirmed a lease votes for another",
      new Returns(Names.ROLE + "VotePolicy", "isBound", 0), new Returns(Names.ROLE + "VotePolicy", "isBoundByLease", 0)),
  TRANSFER_KEEPS_LEASE("a leader keeps its lease while it hands leadership over",
      new Returns(Names.ROLE + "Transfer", "endsLease", 0),
      new CallAnswers(Names.DRIVER + "GroupLoop", "transfer", "endLeaseForThisTerm", 0),
      new CallAnswers(Names.DRIVER + "GroupLoop", "send", "endLeaseForThisTerm", 0)),
  VOTE_FORGOTTEN_ON_RESTART("a node that restarts does not know whom it voted for",
      new CallAnswers(Names.ROLE + "RaftCore", "<init>", "vote", 0)),
  APPEND_TRUNCATES_MATCHING_ENTRIES("an append that comes late takes away what a later one added",
      new OneCallAnswers(Names.LOG, "maybeAppend", "matches", 1, 0)),
  COMMIT_BEYOND_WHAT_WAS_VERIFIED("a follower commits what the leader has committed, whatever it holds there itself",
      new CallGivesFirst(Names.LOG, "maybeAppend", "min", 0)),
  LEASE_OUTLIVES_ITS_PROMISE("a lease is longer than followers refuse to vote",
      new Returns(Names.ROLE + "Reads", "leaseDurationTicks", 60)),
  OLD_SNAPSHOT_ACCEPTED("a snapshot from the past replaces a newer log",
      new OneCallAnswers(Names.ROLE + "RaftCore", "restore", "committed", 0, -1),
      new CallAnswers(Names.ROLE + "RaftCore", "restore", "matches", 0)),
  WINDOW_NEVER_OPENS("acknowledged appends still count as under way",
      new CallAnswers(Names.ROLE + "Replication", "accepted", "free", 0)),
  UNCOMMITTED_BYTES_LEAK("what was applied still counts as uncommitted",
      new CallAnswers(Names.ROLE + "Leader", "applied", "applied", 0)),
  READ_AT_NO_INDEX("a read waits for nothing that the leader has committed",
      new CallAnswers(Names.ROLE + "Reads", "ask", "committed", 0)),
  COMPACTION_PAST_DURABLE_STATE("the log is compacted up to the snapshot, whatever of the state is durable",
      new CallGivesFirst(Names.DRIVER + "Compaction", "compactTo", "min", 0)),
  HARD_STATE_NOT_MERGED("of Readys that are merged into one write the hard state is lost",
      new OneCallAnswers(Names.DRIVER + "Persistence", "merge", "hardState", 0, 0)),
  SYNC_NOT_ASKED_FOR("the driver does not ask for a sync",
      new CallAnswers(Names.DRIVER + "Persistence", "merge", "mustSync", 0)),
  GROUP_NOT_WRITTEN("of several groups that wait for the disk one is forgotten",
      new OneCallAnswers(Names.DRIVER + "LogWriter", "submit", "add", 1, 0)),
  PROPOSALS_NEVER_RELEASED("proposals keep their place in the inbox for ever",
      new CallAnswers(Names.DRIVER + "Proposals", "propose", "release", 0)),
  ACKNOWLEDGED_WITHOUT_SYNC("the log store does not sync",
      new CallAnswers(Names.STORE + "GroupCommitLog", "encode", "sync", 0)),
  ACKNOWLEDGED_AFTER_FAILED_SYNC("the log store goes on after a sync that failed",
      new Returns(Names.STORE + "GroupCommitLog", "failure", 0)),
  VOID_ENTRIES_STAY("entries that a shorter write makes void stay on the disk",
      new CallGivesFirst(Names.STORE + "StoredGroupLog", "queue", "max", 0)),
  CHECKSUM_IGNORED("records are read whatever their checksum says",
      new BranchForced(Names.STORE + "LogRecords", "open", 1, true)),
  HARD_STATE_NOT_STORED("the log store does not write the hard state",
      new CallAnswers(Names.STORE + "GroupCommitLog", "encode", "putHardState", 0)),
  TERMS_NOT_TRUNCATED("the log's table of terms keeps what was overwritten",
      new OneCallAnswers(Names.STORE + "StoredGroupLog", "persisted", "truncateFrom", 1, 0)),
  LOG_CACHE_NOT_TRUNCATED("the cache of the log's end keeps what was overwritten",
      new OneCallAnswers(Names.STORE + "StoredGroupLog", "persisted", "truncateFrom", 2, 0)),
  LOG_CUT_BEFORE_SNAPSHOT_IS_DURABLE("the log is replaced before the snapshot's state is durable",
      new Returns(Names.DRIVER + "Persistence", "isHeldBack", 0));

  private static final class Names {
    static final String RAFT = "io.raftoral.raft.";
    static final String LOG = RAFT + "log.RaftLog";
    static final String ROLE = RAFT + "role.";
    static final String QUORUM = RAFT + "quorum.";
    static final String DRIVER = RAFT + "driver.";
    static final String STORE = "io.raftoral.storage.log.";

    static final String ENGINE = "io.raftoral.workflow.engine.";
    static final String RUN = ENGINE + "run.";
    static final String APPLIER = ENGINE + "state.Applier";

    private Names() {}
  }

  private final String what;
  /** Made by {@code List.of}, which cannot change, though its type does not say so. */
  @SuppressWarnings("ImmutableEnumChecker")
  private final List<Patch> patches;

  PlantedBug(String what, Patch... patches) {
    this.what = what;
    this.patches = List.of(patches);
  }

  /** What is wrong, in a sentence. */
  public String what() {
    return what;
  }

  /** Where it is looked for: bugs of the engine where workflows run, all others in the swarm. */
  Profile profile() {
    return patches.getFirst().className().startsWith(Names.ENGINE) ? Profile.WORKFLOW : Profile.SWARM;
  }

  List<Patch> patches() {
    return patches;
  }

  /** Reads a bug's name as {@link #toString()} writes it. */
  public static PlantedBug parse(String text) {
    try {
      return valueOf(text.toUpperCase(Locale.ROOT).replace('-', '_'));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "no such planted bug: " + text + "; there are " + Arrays.toString(values()), e);
    }
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
