package io.raftoral.workflow;

import org.jspecify.annotations.Nullable;

/**
 * The run, or the branch, is to end: thrown once, by the operation at which its code waits. Code may compensate, and lets
 * it pass in the end; whatever it does then is not interrupted again.
 */
public final class WorkflowCancelledException extends RaftoralException {
  private static final long serialVersionUID = 1L;

  /** Says what happened. */
  public WorkflowCancelledException(String message) {
    super(message);
  }

  /** Says what happened, and why. */
  public WorkflowCancelledException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
