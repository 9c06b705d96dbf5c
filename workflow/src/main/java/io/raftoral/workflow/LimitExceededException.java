package io.raftoral.workflow;

import org.jspecify.annotations.Nullable;

/** A documented limit would be exceeded by this call. Nothing was done. */
public final class LimitExceededException extends RaftoralException {
  private static final long serialVersionUID = 1L;

  /** Says what happened. */
  public LimitExceededException(String message) {
    super(message);
  }

  /** Says what happened, and why. */
  public LimitExceededException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
