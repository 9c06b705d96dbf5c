package io.raftoral.workflow.engine.state;

import io.raftoral.workflow.RunStatus;
import java.util.List;

/**
 * What applying a command did, for this node to act on. The state is the same on every replica; what follows from it
 * is not, since one replica has the thread that proposed the command.
 */
public sealed interface Applied {

  /** A start was applied: it made a run, or found one. */
  record Started(RunInfo info, boolean created, long term) implements Applied {}

  /** Outcomes were accepted. {@code head} is where the branch stands after them. */
  record Advanced(RunInfo info, Branch branch, By by, List<JournalEntry> entries, BranchHead head)
      implements Applied {}

  /** An intent was accepted. */
  record IntentHeld(RunInfo info, Branch branch, By by, long position) implements Applied {}

  /** A checkpoint or intent changed nothing. {@code position} is the first that it spoke of. */
  record Rejected(long run, Branch branch, By by, long position, Reason reason) implements Applied {}

  /** The run is over. Follows the {@link Advanced} that ended it. */
  record Ended(RunInfo info, RunStatus status, Result result) implements Applied {}

  /** No node needs a thread for the run any more, until {@code wakeMs} or until something is applied to it. */
  record Rested(RunInfo info, long wakeMs) implements Applied {}

  /** A run that slept needs threads again; it stands at {@code head}. Precedes what has woken it. */
  record Woken(RunInfo info, RunHead head) implements Applied {}

  /** Which rule a command broke. */
  enum Reason {
    /** It was computed in another term than that of its entry. */
    FENCE,
    /** It does not continue the journal. */
    CHAIN,
    /** Somebody else holds the intent. */
    INTENT_HELD,
    /** The run is over, or never was. */
    NOT_OPEN,
    /** Something follows the end, or there is nothing in it. */
    MALFORMED
  }
}
