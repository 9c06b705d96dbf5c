package io.raftoral.workflow;

import org.jspecify.annotations.Nullable;

/**
 * A parallel branch threw a checked exception, which is the cause.
 */
public final class BranchFailedException extends RaftoralException {
  private static final long serialVersionUID = 1L;

  /** Says what happened. */
  public BranchFailedException(String message) {
    super(message);
  }

  /** Says what happened, and why. */
  public BranchFailedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
