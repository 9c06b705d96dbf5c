package io.raftoral.workflow;

import org.jspecify.annotations.Nullable;

/** A side effect that may run at most once was begun, and no replica knows how it ended. Thrown to the workflow, on every replica alike. */
public final class OutcomeUnknownException extends RaftoralException {
  private static final long serialVersionUID = 1L;

  /** Says what happened. */
  public OutcomeUnknownException(String message) {
    super(message);
  }

  /** Says what happened, and why. */
  public OutcomeUnknownException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
