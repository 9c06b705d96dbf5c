package io.raftoral.simulation.planted;

import io.raftoral.simulation.planted.Patch.CallAnswers;
import io.raftoral.simulation.planted.Patch.ReadsOtherField;
import io.raftoral.simulation.planted.Patch.Returns;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Bugs that the simulator has to find, each one rule of the production code switched off. */
public enum PlantedBug {
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
