package io.raftoral.workflow;

import org.jspecify.annotations.Nullable;

/** A value could not be turned into its stored form, or back. */
public final class PayloadException extends RaftoralException {
  private static final long serialVersionUID = 1L;

  /** Says what happened. */
  public PayloadException(String message) {
    super(message);
  }

  /** Says what happened, and why. */
  public PayloadException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
