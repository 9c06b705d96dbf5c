package io.raftoral.workflow;

import io.raftoral.workflow.engine.run.Current;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

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

  /** Waits for a signal; see {@link WorkflowContext#receive(String, Class)}. */
  public static <T extends @Nullable Object> T receive(String signal, Class<? super T> type) {
    return context().receive(signal, type);
  }

  /** Likewise, for at most {@code timeout}. */
  public static <T> Optional<T> receive(String signal, Class<T> type, Duration timeout) {
    return context().receive(signal, type, timeout);
  }

  /** The next signal of a name if one waits; see {@link WorkflowContext#poll}. */
  public static <T> Optional<T> poll(String signal, Class<T> type) {
    return context().poll(signal, type);
  }

  /** Waits until a condition holds; see {@link WorkflowContext#await(BooleanSupplier)}. */
  public static void await(BooleanSupplier condition) {
    context().await(condition);
  }

  /** Likewise, for at most {@code timeout}; returns whether it holds. */
  public static boolean await(BooleanSupplier condition, Duration timeout) {
    return context().await(condition, timeout);
  }

  /** Runs tasks in parallel branches; see {@link WorkflowContext#all}. */
  public static <T extends @Nullable Object> List<T> all(List<? extends Callable<? extends T>> tasks) {
    return context().all(tasks);
  }

  /** The result of the first task that succeeds; see {@link WorkflowContext#any}. */
  public static <T extends @Nullable Object> T any(List<? extends Callable<? extends T>> tasks) {
    return context().any(tasks);
  }

  /** What the first task that ends comes to; see {@link WorkflowContext#race}. */
  public static <T extends @Nullable Object> T race(List<? extends Callable<? extends T>> tasks) {
    return context().race(tasks);
  }

  /** Starts another workflow; see {@link WorkflowContext#startChild}. */
  public static <I, O extends @Nullable Object> ChildWorkflow<O> startChild(
      WorkflowType<I, O> type, String id, I input) {
    return context().startChild(type, id, input);
  }

  /** Runs steps that can be undone; see {@link WorkflowContext#saga}. */
  public static <T extends @Nullable Object> T saga(Function<Saga, T> steps) {
    return context().saga(steps);
  }

  /** Ends this run and goes on as a new one; see {@link WorkflowContext#continueAsNew}. */
  @SuppressWarnings("TypeParameterUnusedInFormals") // never returns; the type lets it stand in a return statement
  public static <T> T continueAsNew(Object input) {
    return context().continueAsNew(input);
  }

  /** Which code this run has to use at a place that was changed; see {@link WorkflowContext#version}. */
  public static int version(String changeId, int newest) {
    return context().version(changeId, newest);
  }

  /** Whether this run has the new code of a place that was changed once. */
  public static boolean changed(String changeId) {
    return context().changed(changeId);
  }

  /** Random numbers, the same on every replica; see {@link WorkflowContext#random}. */
  public static RandomGenerator random() {
    return context().random();
  }

  /** A logger that does not repeat itself; see {@link WorkflowContext#logger}. */
  public static Logger logger() {
    return context().logger();
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

  /** The same for every attempt of the side effect as well: what most targets want to deduplicate by. */
  public static String operationKey() {
    return effect().operationKey();
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
