package io.raftoral.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The durable operations of a running workflow. Each occupies the next position of the run's journal: it is performed
 * once, on the active node, and its outcome is what every other replica, and every later restart, finds there.
 *
 * <p>To be used on the workflow's own thread only, and by nothing that outlives the run. Operations never return on a
 * thread that lost its right to run: they throw an {@link Error} that workflow code must let pass.
 */
public interface WorkflowContext {

  /** The id under which the run was started. */
  String workflowId();

  /** The run's type. */
  String workflowType();

  /** The version of the type that this run was started with. */
  int workflowVersion();

  /**
   * A variable whose every assignment is a checkpoint.
   *
   * @param name what the variable is called in the journal and in {@code describe}
   * @param initial its value before the first assignment; not a checkpoint of its own
   */
  <T extends @Nullable Object> ReplicatedVar<T> replicated(String name, Class<? super T> type, T initial);

  /**
   * A call to the outside world, to be run by {@link SideEffect#call()}.
   *
   * @param name what the effect is called in the journal and for the outside world
   * @param type the outcome's type; {@code Void.class} for none
   * @param body what to do; it runs on the active node only
   */
  <T extends @Nullable Object> SideEffect<T> sideEffect(String name, Class<? super T> type, EffectBody<T> body);

  /** Sleeps durably: the time that is left survives restarts and changes of leader. Never wakes early. */
  void sleep(Duration duration);

  /** The time, as the active node saw it when it got here. Never goes backwards within a run. */
  Instant now();

  /** A random UUID. */
  UUID randomUuid();

  /**
   * The outcome of any computation that may not be repeated, or not with the same result. Like a side effect, but cheap:
   * the thread does not wait for the checkpoint. {@code computation} must not touch the outside world.
   */
  <T extends @Nullable Object> T compute(String name, Class<? super T> type, Supplier<T> computation);

  /** Waits until everything this run has assigned so far is committed. */
  void commit();
}
