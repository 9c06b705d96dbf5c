package io.raftoral.workflow.engine.state;

import io.raftoral.workflow.RunStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

  /** Something else of an open run has changed: a signal came, a child ended, somebody wants it to end (then {@code cancelReason} says why). */
  record Changed(RunInfo info, @Nullable String cancelReason) implements Applied {}

  /** A client's request for a run was applied, or could not be. */
  record Requested(String workflowId, String requestId, Reception reception) implements Applied {}

  /** An update has its answer. */
  record Answered(RunInfo info, String requestId, Result answer) implements Applied {}

  /** What became of a request. */
  enum Reception {
    ACCEPTED,
    /** It was applied before. */
    KNOWN,
    /** No run has this id. */
    NO_RUN,
    /** The run is over. */
    ENDED,
    /** Too many signals wait in the run's inbox. */
    FULL
  }

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
    /** It receives a signal that does not wait. */
    NO_SIGNAL,
    /** Something follows the end, or there is nothing in it. */
    MALFORMED
  }
}
