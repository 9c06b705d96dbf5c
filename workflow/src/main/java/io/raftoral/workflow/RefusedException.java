package io.raftoral.workflow;

/** A request that was surely not carried out. */
public final class RefusedException extends RaftoralException {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Code {
    /** No node leads at present; try again. */
    NO_LEADER,
    /** Too much is under way; try again later. */
    OVERLOADED,
    /** No run has this id. */
    UNKNOWN_WORKFLOW,
    /** No such workflow type is registered. */
    UNKNOWN_TYPE,
    /** The id belongs to a run with another type or input. */
    ID_IN_USE,
    /** The input or the request itself makes no sense. */
    BAD_REQUEST,
    /** The run is over, and takes no more requests. */
    RUN_ENDED,
    /** The node is being stopped, or failed. */
    UNAVAILABLE
  }

  /** Why the request was refused. */
  private final Code code;

  /** Says why. */
  public RefusedException(Code code, String message) {
    super(message);
    this.code = code;
  }

  /** Why the request was refused. */
  public Code code() {
    return code;
  }

  /** Whether the same request may succeed later. */
  public boolean retryable() {
    return code == Code.NO_LEADER || code == Code.OVERLOADED || code == Code.UNAVAILABLE;
  }
}
