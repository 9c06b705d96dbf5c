package io.raftoral.workflow;

import io.raftoral.workflow.engine.run.Current;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The durable operations of the workflow that runs on this thread, for code that has no {@link WorkflowContext} at hand:
 * classes with {@code @DistributedWorkflow}, and what they call.
 *
 * <p>All methods throw {@link IllegalStateException} on a thread that runs no workflow.
 */
public final class Workflow {
  private Workflow() {}

  /** The context itself. */
  public static WorkflowContext context() {
    if (!Current.CONTEXT.isBound()) {
      throw new IllegalStateException(
          "no workflow runs on thread " + Thread.currentThread().getName()
              + "; the methods of Workflow work in workflow code only, on its own thread");
    }
    return Current.CONTEXT.get();
  }

  /** Whether a workflow runs on this thread. */
  public static boolean isRunning() {
    return Current.CONTEXT.isBound();
  }

  /** The id under which the run was started. */
  public static String id() {
    return context().workflowId();
  }

  /** Sleeps durably; see {@link WorkflowContext#sleep}. */
  public static void sleep(Duration duration) {
    context().sleep(duration);
  }

  /** The time, the same on every replica; see {@link WorkflowContext#now}. */
  public static Instant now() {
    return context().now();
  }

  /** A random UUID, the same on every replica. */
  public static UUID randomUuid() {
    return context().randomUuid();
  }

  /** The outcome of a computation that may not be repeated; see {@link WorkflowContext#compute}. */
  public static <T extends @Nullable Object> T compute(
      String name, Class<? super T> type, Supplier<T> computation) {
    return context().compute(name, type, computation);
  }

  /** Waits until everything this run has assigned so far is committed. */
  public static void commit() {
    context().commit();
  }

  /**
   * What the side effect that runs on this thread may tell the outside world about itself.
   *
   * @throws IllegalStateException outside a side effect
   */
  public static EffectContext effect() {
    if (!Current.EFFECT.isBound()) {
      throw new IllegalStateException(
          "no side effect runs on thread " + Thread.currentThread().getName()
              + "; an idempotency key belongs to a side effect: ask for it inside the @SideEffect method");
    }
    return Current.EFFECT.get();
  }

  /** The same for every execution of this attempt of the side effect, wherever it runs. */
  public static String idempotencyKey() {
    return effect().idempotencyKey();
  }

  /** Grows with every change of the active node; a target can refuse requests with an old one. */
  public static long fencingToken() {
    return effect().fencingToken();
  }

  /** 1 for the side effect's first attempt. */
  public static int attempt() {
    return effect().attempt();
  }
}
