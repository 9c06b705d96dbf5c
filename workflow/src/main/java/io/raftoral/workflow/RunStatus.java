package io.raftoral.workflow;

/** Where a run stands, as the replicated state has it. */
public enum RunStatus {
  RUNNING,
  COMPLETED,
  FAILED;

  /** Whether the run has ended. */
  public boolean ended() {
    return this != RUNNING;
  }
}
