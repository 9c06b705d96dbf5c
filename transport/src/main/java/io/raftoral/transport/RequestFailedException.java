package io.raftoral.transport;

/** A request got no answer. */
public final class RequestFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why there is no answer. */
  public enum Reason {
    /** No connection could be made: nobody listens, the name does not resolve, the handshake timed out. */
    UNREACHABLE,
    /** The node refused the connection: another cluster, another protocol version, bad certificate, no room. */
    REFUSED,
    /** The node, or this channel, has too many requests outstanding. Try again later or elsewhere. */
    OVERLOADED,
    /** The request is larger than the node takes. Trying again cannot help. */
    TOO_LARGE,
    /** The node took the request and could not answer it. */
    FAILED,
    /** The time given has passed. */
    TIMED_OUT,
    /** The connection broke after the request had left. */
    CONNECTION_LOST,
    /** This channel was closed. */
    CLOSED
  }

  private final Reason reason;

  /** Whether the request can have reached the node. */
  private final boolean maybeExecuted;

  /** Says what happened, and whether the request may have been executed all the same. */
  public RequestFailedException(Reason reason, String message, boolean maybeExecuted) {
    super(message);
    this.reason = reason;
    this.maybeExecuted = maybeExecuted;
  }

  /** Why there is no answer. */
  public Reason reason() {
    return reason;
  }

  /** False if the request surely was not executed, so that sending it elsewhere cannot run it twice. */
  public boolean maybeExecuted() {
    return maybeExecuted;
  }
}
