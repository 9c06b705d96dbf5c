package io.raftoral.transport;

/** A request got no answer. */
public final class RequestFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Whether the request can have reached the node. */
  private final boolean maybeExecuted;

  /** Says what happened, and whether the request may have been executed all the same. */
  public RequestFailedException(String message, boolean maybeExecuted) {
    super(message);
    this.maybeExecuted = maybeExecuted;
  }

  /** False if the request surely never left this process, so that sending it elsewhere cannot run it twice. */
  public boolean maybeExecuted() {
    return maybeExecuted;
  }
}
