package io.raftoral.workflow;

import org.jspecify.annotations.Nullable;

/** A request got no answer in time: it may have been carried out or not. Requests are idempotent by workflow id, so it is safe to repeat. */
public final class RequestOutcomeUnknownException extends RaftoralException {
  private static final long serialVersionUID = 1L;

  /** Says what happened. */
  public RequestOutcomeUnknownException(String message) {
    super(message);
  }

  /** Says what happened, and why. */
  public RequestOutcomeUnknownException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
