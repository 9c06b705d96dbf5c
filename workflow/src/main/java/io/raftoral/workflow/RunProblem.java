package io.raftoral.workflow;

import java.util.List;

/**
 * What keeps the replica of a run on one node from going on. The run itself goes on wherever it can.
 *
 * @param kind what it is
 * @param message for people: what happened, and what to do
 * @param position of the journal at which a replica diverged; 0 for other kinds
 * @param expected the operation that is recorded there; empty for other kinds
 * @param actual the operation that the code asked for; empty for other kinds
 * @param line of the workflow's code; empty if it is not known
 * @param stack of a thread that is stuck, innermost first; empty for other kinds
 */
public record RunProblem(
    Kind kind, String message, long position, String expected, String actual, String line, List<String> stack) {

  /** Kinds of problems. */
  public enum Kind {
    /** The code asked for something else than what is recorded: it is not deterministic, or was changed. */
    DIVERGED,
    /** The node has no code of the run's type and version. */
    BLOCKED_ON_VERSION,
    /** The run's thread loops, or blocks on something outside the engine. It may come back by itself. */
    STUCK,
    /** The engine itself failed while it ran this replica. */
    ENGINE_FAILURE
  }

  /** Copies the stack. */
  public RunProblem {
    stack = List.copyOf(stack);
  }

  /** A problem of which there is no more to say than what it is. */
  public static RunProblem of(Kind kind, String message) {
    return new RunProblem(kind, message, 0, "", "", "", List.of());
  }
}
