package io.raftoral.workflow;

/** What has been done so far, and how to undo it; see {@link WorkflowContext#saga}. */
public interface Saga {
  /**
   * Registers how to undo a step, usually right before the step: a step whose outcome is unknown has to be undone as
   * well, so compensations should bear being run for what never happened.
   *
   * @param compensation runs if the saga fails or is cancelled, after those that were registered later; usually calls a
   *     side effect
   */
  void compensateWith(Runnable compensation);
}
