package io.raftoral.workflow;

/** The outcome of a side effect was an exception. Its type is kept by name, so that every replica sees the same. */
public final class SideEffectFailedException extends RaftoralException {
  private static final long serialVersionUID = 1L;

  /** Class name of what was thrown. */
  private final String failureType;

  /** Message of what was thrown. */
  private final String failureMessage;

  /** Names the effect, and what it threw. */
  public SideEffectFailedException(String effect, String failureType, String failureMessage) {
    super(effect + " failed: " + failureType + (failureMessage.isEmpty() ? "" : ": " + failureMessage));
    this.failureType = failureType;
    this.failureMessage = failureMessage;
  }

  /** The name of the exception's class, as the effect threw it. */
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
