package io.raftoral.workflow;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

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

  // --------------------------------------------------------------------------------------------- waiting

  /** Sleeps durably: the time that is left survives restarts and changes of leader. Never wakes early. */
  void sleep(Duration duration);

  /**
   * Waits until {@code condition} holds. It is looked at again whenever a signal or update was handled, so it should
   * read what handlers change; it must not change anything itself.
   *
   * @throws WorkflowCancelledException if the run is to end
   */
  void await(BooleanSupplier condition);

  /** Likewise, for at most {@code timeout}; returns whether the condition holds. */
  boolean await(BooleanSupplier condition, Duration timeout);

  /**
   * Waits for the next signal of a name, in the order in which they came; one that came before is not lost. A value that
   * cannot be read as {@code type} is skipped, with a warning in the log.
   *
   * @param type of the value; {@code Void.class} for none
   * @throws WorkflowCancelledException if the run is to end
   */
  <T extends @Nullable Object> T receive(String signal, Class<? super T> type);

  /** Likewise, for at most {@code timeout}; empty if none came. */
  <T> Optional<T> receive(String signal, Class<T> type, Duration timeout);

  /** The next signal of a name if one waits; does not wait itself. */
  <T> Optional<T> poll(String signal, Class<T> type);

  /**
   * From now on {@code handler} is called with the signals of a name, those that wait already included. It runs on this
   * branch's thread, one call after the other, wherever the branch waits: in {@code sleep}, {@code await}, {@code
   * receive}, the back-off of an effect. It may assign variables and read the clock, but not wait or call effects.
   */
  <T extends @Nullable Object> void onSignal(String signal, Class<? super T> type, Consumer<T> handler);

  /**
   * From now on {@code handler} is called with the updates of a name, and what it returns, or throws, is the answer that
   * the client waits for. Otherwise like {@link #onSignal}.
   *
   * @param validator throws to refuse an update before it changes anything; the client gets the exception
   */
  <A extends @Nullable Object, R extends @Nullable Object> void onUpdate(
      String update,
      Class<? super A> argument,
      Class<? super R> result,
      Consumer<A> validator,
      Function<A, R> handler);

  /** Likewise, taking every update. */
  default <A extends @Nullable Object, R extends @Nullable Object> void onUpdate(
      String update, Class<? super A> argument, Class<? super R> result, Function<A, R> handler) {
    onUpdate(update, argument, result, any -> {}, handler);
  }

  // -------------------------------------------------------------------------------------------- parallel

  /**
   * Runs tasks in parallel branches, each on a thread of its own, and returns their results in order. If one fails, the
   * others are cancelled, and its exception is thrown; a checked one in a {@link BranchFailedException}.
   *
   * <p>Tasks use this context, and return what they find. A variable belongs to the branch that has declared it: others
   * cannot assign it, for which one came first would depend on chance. At most 10 000; see {@link #startChild} for more.
   */
  <T extends @Nullable Object> List<T> all(List<? extends Callable<? extends T>> tasks);

  /** The result of the first task that succeeds; the others are cancelled. If all fail, the first one's exception. */
  <T extends @Nullable Object> T any(List<? extends Callable<? extends T>> tasks);

  /** What the first task that ends comes to, result or exception; the others are cancelled. */
  <T extends @Nullable Object> T race(List<? extends Callable<? extends T>> tasks);

  /**
   * Starts another workflow, which is ended when this one ends before it. Does not wait for it.
   *
   * @param id at most 256 bytes of UTF-8; should be derived from this run's id
   */
  default <I, O extends @Nullable Object> ChildWorkflow<O> startChild(WorkflowType<I, O> type, String id, I input) {
    return startChild(type, id, input, ParentClosePolicy.TERMINATE);
  }

  /** Likewise, saying what becomes of the child when this run ends. */
  <I, O extends @Nullable Object> ChildWorkflow<O> startChild(
      WorkflowType<I, O> type, String id, I input, ParentClosePolicy onClose);

  // ------------------------------------------------------------------------------------------ life of a run

  /**
   * Runs steps that can be undone: if they throw, or the run is cancelled meanwhile, what was registered with the saga is
   * undone in reverse order, durably, and the exception is thrown on. A compensation that fails is attached to it, and
   * does not keep the others from running.
   */
  <T extends @Nullable Object> T saga(Function<Saga, T> steps);

  /**
   * Ends this run, and goes on as a new one of the same id with an empty journal; variables are not kept, signals that
   * were not received are. Never returns; written {@code return context.continueAsNew(…)}. Nobody but the workflow's code
   * notices: clients wait for the end of the last run.
   *
   * @param input the new run's, of the workflow's input type
   */
  @SuppressWarnings("TypeParameterUnusedInFormals") // never returns; the type lets it stand in a return statement
  <T> T continueAsNew(Object input);

  /**
   * Which code this run has to use at a place that was changed after runs had begun: {@code newest} if it comes here for
   * the first time now, the number recorded then if it did before, 0 if it had passed this place before there was a
   * change to ask for. The same for every call with this id.
   *
   * @param newest the newest version of this place, from 1
   */
  int version(String changeId, int newest);

  /** Likewise, for a place that was changed once: whether this run has the new code. */
  default boolean changed(String changeId) {
    return version(changeId, 1) > 0;
  }

  // ---------------------------------------------------------------------------------------- determinism

  /** The time, as the active node saw it when it got here. Never goes backwards within a run. */
  Instant now();

  /** A random UUID. */
  UUID randomUuid();

  /** Random numbers: a generator whose seed was drawn, so that all its numbers are the same on every replica. */
  RandomGenerator random();

  /** A logger that speaks on the active node only, and not again when the run is rebuilt. */
  Logger logger();

  /**
   * The outcome of any computation that may not be repeated, or not with the same result. Like a side effect, but cheap:
   * the thread does not wait for the checkpoint. {@code computation} must not touch the outside world.
   */
  <T extends @Nullable Object> T compute(String name, Class<? super T> type, Supplier<T> computation);

  /** Waits until everything this run has assigned so far is committed. */
  void commit();
}
