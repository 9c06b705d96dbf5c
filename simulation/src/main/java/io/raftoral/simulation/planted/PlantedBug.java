package io.raftoral.simulation.planted;

import io.raftoral.simulation.plan.Profile;
import io.raftoral.simulation.planted.Patch.CallAnswers;
import io.raftoral.simulation.planted.Patch.ComparesEqual;
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
  START_TWICE("a start does not look whether its id is taken", new CallAnswers(Names.APPLIER, "start", "info", 0)),
  TIMERS_FIRE_EARLY("a timer does not look at the clock", new ComparesEqual(Names.RUN + "Lane", "awaitTimer", 1)),
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
      new Returns(Names.ROLE + "Transfer", "endsLease", 0)),
  LOG_CUT_BEFORE_SNAPSHOT_IS_DURABLE("the log is replaced before the snapshot's state is durable",
      new Returns(Names.DRIVER + "Persistence", "isHeldBack", 0));

  private static final class Names {
    static final String RAFT = "io.raftoral.raft.";
    static final String LOG = RAFT + "log.RaftLog";
    static final String ROLE = RAFT + "role.";
    static final String QUORUM = RAFT + "quorum.";
    static final String DRIVER = RAFT + "driver.";

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
