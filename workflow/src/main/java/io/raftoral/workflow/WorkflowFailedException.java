package io.raftoral.workflow;

/** A run ended with an exception that its code did not catch. */
public final class WorkflowFailedException extends RaftoralException {
  private static final long serialVersionUID = 1L;

  /** Class name of what was thrown. */
  private final String failureType;

  /** Message of what was thrown. */
  private final String failureMessage;

  /** How the run ended. */
  private final RunStatus status;

  /** Names the workflow, and what it threw. */
  public WorkflowFailedException(String workflow, String failureType, String failureMessage) {
    this(workflow, RunStatus.FAILED, failureType, failureMessage);
  }

  /** Names the workflow, and how it ended. */
  public WorkflowFailedException(String workflow, RunStatus status, String failureType, String failureMessage) {
    super(workflow + " failed: " + failureType + (failureMessage.isEmpty() ? "" : ": " + failureMessage));
    this.status = status;
    this.failureType = failureType;
    this.failureMessage = failureMessage;
  }

  /** How the run ended: failed, cancelled, terminated or timed out. */
  public RunStatus status() {
    return status;
  }

  /** The name of the exception's class, as the workflow threw it. */
  public String failureType() {
    return failureType;
  }

  /** The exception's message, empty if it had none. */
  public String failureMessage() {
    return failureMessage;
  }

  /** Whether an exception of exactly this class was thrown. */
  public boolean is(Class<? extends Throwable> type) {
    return failureType.equals(type.getName());
  }
}
