package io.raftoral.workflow;

/** Where a run stands, as the replicated state has it. */
public enum RunStatus {
  RUNNING,
  /** Its code returned. */
  COMPLETED,
  /** Its code threw an exception. */
  FAILED,
  /** It was asked to end, and its code let that happen. */
  CANCELLED,
  /** It was ended without its code's knowledge. */
  TERMINATED,
  /** It took longer than it was allowed to. */
  TIMED_OUT,
  /** It goes on as another run of the same id. */
  CONTINUED_AS_NEW;

  /** Whether the run has ended. */
  public boolean ended() {
    return this != RUNNING;
  }
}
