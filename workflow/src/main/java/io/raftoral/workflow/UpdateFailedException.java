package io.raftoral.workflow;

/** A workflow's answer to an update was an exception: its validator refused it, or its handler failed. */
public final class UpdateFailedException extends RaftoralException {
  private static final long serialVersionUID = 1L;

  /** Class name of what was thrown. */
  private final String failureType;

  /** Message of what was thrown. */
  private final String failureMessage;

  /** Names the update, and what was thrown. */
  public UpdateFailedException(String update, String failureType, String failureMessage) {
    super(update + " failed: " + failureType + (failureMessage.isEmpty() ? "" : ": " + failureMessage));
    this.failureType = failureType;
    this.failureMessage = failureMessage;
  }

  /** The name of the exception's class, as the workflow threw it. */
  public String failureType() {
    return failureType;
  }

  /** The exception's message, empty if it had none. */
  public String failureMessage() {
    return failureMessage;
  }
}
