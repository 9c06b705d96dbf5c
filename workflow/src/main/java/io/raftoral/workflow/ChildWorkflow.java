package io.raftoral.workflow;

import org.jspecify.annotations.Nullable;

/** A workflow that another one has started; to be used on the parent's own threads. */
public interface ChildWorkflow<O extends @Nullable Object> {
  /** The id under which it was started. */
  String id();

  /**
   * Waits durably for its end.
   *
   * @throws WorkflowFailedException if it did not complete, or was not started because its id belongs to another run
   */
  O result();
}
