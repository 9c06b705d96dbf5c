package io.raftoral.workflow;

import org.jspecify.annotations.Nullable;

/** What a query sees of a run: its committed state. */
public interface RunState {
  /** The id under which the run was started. */
  String workflowId();

  /** Where the run stands. */
  RunStatus status();

  /** The run's input. */
  <I extends @Nullable Object> I input(Class<? super I> type);

  /** The value of a replicated variable, {@code initial} if it was never assigned. */
  <T extends @Nullable Object> T variable(String name, Class<? super T> type, T initial);
}
