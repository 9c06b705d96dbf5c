package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.ChildWorkflow;
import io.raftoral.workflow.EffectBody;
import io.raftoral.workflow.LimitExceededException;
import io.raftoral.workflow.ParentClosePolicy;
import io.raftoral.workflow.ReplicatedVar;
import io.raftoral.workflow.Saga;
import io.raftoral.workflow.SideEffect;
import io.raftoral.workflow.WorkflowCancelledException;
import io.raftoral.workflow.WorkflowContext;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.state.Branch;
import io.raftoral.workflow.engine.state.Outcome;
import io.raftoral.workflow.engine.state.Result;
import io.raftoral.workflow.engine.state.RunInfo;
import java.nio.charset.StandardCharsets;
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
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** The durable operations, for one incarnation of a run: each acts for the branch on whose thread it is called. */
final class RunContext implements WorkflowContext {
  private static final int MAX_NAME_CHARS = 128;

  private final Incarnation incarnation;
  private final RunInfo info;
  private final RunServices services;
  private final Inbox inbox;
  private final Branches branches;
  private final Children children;
  private final Logger logger;

  RunContext(Incarnation incarnation, RunInfo info, RunServices services) {
    this.incarnation = incarnation;
    this.info = info;
    this.services = services;
    inbox = new Inbox(this);
    branches = new Branches(this, incarnation);
    children = new Children(this);
    logger = LiveLogger.of(this, info.type());
  }

  @Override
  public String workflowId() {
    return info.workflowId();
  }

  @Override
  public String workflowType() {
    return info.type();
  }

  @Override
  public int workflowVersion() {
    return info.version();
  }

  @Override
  public <T extends @Nullable Object> ReplicatedVar<T> replicated(String name, Class<? super T> type, T initial) {
    Lane lane = lane();
    checkName("variable", name);
    Variable<?> known = lane.state().variable(name);
    if (known == null) {
      Variable<T> variable = new Variable<>(this, lane, name, type, initial);
      lane.state().variables.put(name, variable);
      return variable;
    }
    if (known.type() != type) {
      throw new IllegalArgumentException(
          "variable " + name + " of " + info.workflowId() + " holds " + known.type().getName() + ", not "
              + type.getName());
    }
    @SuppressWarnings("unchecked") // the same type, as was just checked
    Variable<T> variable = (Variable<T>) known;
    return variable;
  }

  @Override
  public <T extends @Nullable Object> SideEffect<T> sideEffect(
      String name, Class<? super T> type, EffectBody<T> body) {
    checkName("effect", name);
    return EffectCall.of(this, name, type, body);
  }

  // --------------------------------------------------------------------------------------------- waiting

  @Override
  public void sleep(Duration duration) {
    sleepMs("sleep", Math.max(0, saturatedMs(duration)));
  }

  /** In milliseconds, rounded up, or as many as a long can say. */
  static long saturatedMs(Duration duration) {
    try {
      long ms = duration.toMillis();
      // Never early: a part of a millisecond counts as a whole one.
      return duration.equals(Duration.ofMillis(ms)) || ms < 0 ? ms : ms + 1;
    } catch (ArithmeticException tooLong) {
      return duration.isNegative() ? 0 : Long.MAX_VALUE;
    }
  }

  void sleepMs(String what, long durationMs) {
    inbox.await(what, () -> false, setTimer(durationMs));
  }

  /** Sets a timer; returns when it is over, on the group's clock. */
  long setTimer(long durationMs) {
    Outcome outcome =
        perform(
            new Operation.SetTimer(durationMs),
            () -> {
              long nowMs = Math.max(services.clock().nowMs(), lane().state().latestMs);
              long deadlineMs = nowMs + Math.min(durationMs, Long.MAX_VALUE - 1 - nowMs);
              return new Outcome.TimerSet(durationMs, deadlineMs);
            });
    return ((Outcome.TimerSet) outcome).deadlineMs();
  }

  @Override
  public void await(BooleanSupplier condition) {
    inbox.await("await", condition, Inbox.NO_TIMER);
  }

  @Override
  public boolean await(BooleanSupplier condition, Duration timeout) {
    return condition.getAsBoolean()
        || inbox.await("await", condition, setTimer(Math.max(0, saturatedMs(timeout))));
  }

  @Override
  public <T extends @Nullable Object> T receive(String signal, Class<? super T> type) {
    return inbox.receive(signal, type);
  }

  @Override
  public <T> Optional<T> receive(String signal, Class<T> type, Duration timeout) {
    return inbox.receive(signal, type, setTimer(Math.max(0, saturatedMs(timeout))));
  }

  @Override
  public <T> Optional<T> poll(String signal, Class<T> type) {
    return inbox.poll(signal, type);
  }

  @Override
  public <T extends @Nullable Object> void onSignal(String signal, Class<? super T> type, Consumer<T> handler) {
    inbox.onSignal(signal, type, handler);
  }

  @Override
  public <A extends @Nullable Object, R extends @Nullable Object> void onUpdate(
      String update,
      Class<? super A> argument,
      Class<? super R> result,
      Consumer<A> validator,
      Function<A, R> handler) {
    inbox.onUpdate(update, argument, result, validator, handler);
  }

  // -------------------------------------------------------------------------------------------- branches

  @Override
  public <T extends @Nullable Object> List<T> all(List<? extends Callable<? extends T>> tasks) {
    return branches.all(tasks);
  }

  @Override
  public <T extends @Nullable Object> T any(List<? extends Callable<? extends T>> tasks) {
    return branches.one(Outcome.Join.ANY, tasks);
  }

  @Override
  public <T extends @Nullable Object> T race(List<? extends Callable<? extends T>> tasks) {
    return branches.one(Outcome.Join.RACE, tasks);
  }

  @Override
  public <I, O extends @Nullable Object> ChildWorkflow<O> startChild(
      WorkflowType<I, O> type, String id, I input, ParentClosePolicy onClose) {
    return children.start(type, id, input, onClose);
  }

  @Override
  public <T extends @Nullable Object> T saga(Function<Saga, T> steps) {
    return SagaScope.run(steps);
  }

  @Override
  @SuppressWarnings("TypeParameterUnusedInFormals") // never returns; the type lets it stand in a return statement
  public <T> T continueAsNew(Object input) {
    Lane lane = lane();
    checkIdle();
    if (!lane.branch().equals(Branch.MAIN)) {
      throw new IllegalStateException("only the main branch of " + info.workflowId() + " can continue as a new run");
    }
    String what = "the input with which " + info.workflowId() + " continues";
    byte[] json = services.payloads().encodeStable(what, input.getClass(), input);
    if (fitting(what, json) instanceof Result.Failure tooLarge) {
      throw Results.failure(what, tooLarge);
    }
    throw new ContinueAsNew(json);
  }

  // ---------------------------------------------------------------------------------------- determinism

  @Override
  public Instant now() {
    BranchState state = lane().state();
    Outcome outcome =
        perform(
            new Operation.ReadTime(), () -> new Outcome.TimeRead(Math.max(services.clock().nowMs(), state.latestMs)));
    if (outcome instanceof Outcome.TimeRead read) {
      state.latestMs = read.timeMs();
    }
    return Instant.ofEpochMilli(state.latestMs);
  }

  @Override
  public UUID randomUuid() {
    Outcome outcome = perform(new Operation.DrawUuid(), () -> new Outcome.UuidDrawn(drawUuid()));
    if (outcome instanceof Outcome.UuidDrawn drawn) {
      return drawn.uuid();
    }
    throw new IllegalStateException("not the outcome of a UUID: " + outcome);
  }

  @Override
  public RandomGenerator random() {
    UUID seed = randomUuid();
    return RandomGeneratorFactory.of("L64X128MixRandom")
        .create(seed.getMostSignificantBits() ^ seed.getLeastSignificantBits());
  }

  /** A UUID of version 4, variant 2 (RFC 9562, section 5.4). */
  private UUID drawUuid() {
    long most = services.runtime().randomLong();
    long least = services.runtime().randomLong();
    return new UUID(most & ~0xF000L | 0x4000L, least & 0x3FFF_FFFF_FFFF_FFFFL | 0x8000_0000_0000_0000L);
  }

  @Override
  public <T extends @Nullable Object> T compute(String name, Class<? super T> type, Supplier<T> computation) {
    checkName("computation", name);
    Outcome outcome =
        perform(
            new Operation.Compute(name),
            () -> {
              Result result;
              try {
                T value = computation.get();
                result = payload("what computation " + name + " returned", type, value);
              } catch (Throwable thrown) {
                // Errors too: what only the active replica has thrown would otherwise be a divergence on all others.
                result = Result.Failure.of(thrown);
              }
              return new Outcome.Computed(name, result);
            });
    if (outcome instanceof Outcome.Computed computed) {
      return Results.value(services.payloads(), "computation " + name, type, computed.result());
    }
    throw new IllegalStateException("not the outcome of a computation: " + outcome);
  }

  @Override
  public int version(String changeId, int newest) {
    checkName("change", changeId);
    if (newest < 1) {
      throw new IllegalArgumentException("the version of change " + changeId + " must be at least 1");
    }
    Lane lane = lane();
    checkIdle();
    Integer known = lane.state().versions.get(changeId);
    if (known != null) {
      return known;
    }
    int version = lane.takeVersion(new Operation.MarkVersion(changeId));
    if (version == Lane.NO_VERSION) {
      version = newest;
      lane.produce(new Outcome.VersionMarked(changeId, newest));
    }
    lane.state().versions.put(changeId, version);
    return version;
  }

  @Override
  public Logger logger() {
    return logger;
  }

  @Override
  public void commit() {
    Lane lane = lane();
    checkIdle();
    lane.outputCommit();
  }

  // -------------------------------------------------------------------------------------- for its parts

  /** Carries one operation out: takes its outcome from the journal, or makes {@code action} produce it. */
  Outcome perform(Operation operation, Supplier<Outcome> action) {
    return perform(operation, action, false);
  }

  /** Likewise, for an operation that a request to end takes the place of. */
  Outcome performCancellable(Operation operation, Supplier<Outcome> action) {
    return perform(operation, action, true);
  }

  private Outcome perform(Operation operation, Supplier<Outcome> action, boolean cancellable) {
    Lane lane = lane();
    checkIdle();
    checkLimit(lane);
    if (cancellable) {
      checkMayWait(operation.shown());
    }
    Outcome outcome = lane.take(operation);
    if (outcome == null) {
      // An effect whose intent is recorded may have happened: that is to be said first.
      String cancel = cancellable && !lane.intentHeld() ? lane.state().pendingCancel() : null;
      if (cancel != null) {
        outcome = new Outcome.Cancelled(cancel);
      } else {
        outcome = journalIsFull() ? new Outcome.LimitReached(fullMessage()) : act(lane, operation, action);
      }
      lane.produce(outcome);
    }
    return passed(lane, outcome);
  }

  /** Waits for one of several things. */
  Outcome await(Operation operation, Waiting waiting) {
    Lane lane = lane();
    checkIdle();
    checkLimit(lane);
    if (waiting.cancellable()) {
      checkMayWait(operation.shown());
    }
    return passed(lane, lane.await(operation, waiting));
  }

  /** What every outcome may be besides what was asked for. */
  private static Outcome passed(Lane lane, Outcome outcome) {
    switch (outcome) {
      case Outcome.LimitReached reached -> {
        lane.state().limitReached = reached.message();
        throw new LimitExceededException(reached.message());
      }
      case Outcome.Cancelled cancelled -> {
        lane.state().cancelDelivered();
        throw new WorkflowCancelledException(cancelled.reason());
      }
      case Outcome.TimerFired fired -> lane.state().latestMs = Math.max(lane.state().latestMs, fired.atMs());
      default -> {}
    }
    return outcome;
  }

  private static Outcome act(Lane lane, Operation operation, Supplier<Outcome> action) {
    lane.state().busyWith = operation.shown();
    try {
      return action.get();
    } finally {
      lane.state().busyWith = null;
    }
  }

  private boolean journalIsFull() {
    // Two positions are left for saying so and for the end. (A timer that fires may use one more.)
    return incarnation.passed() + 2 >= services.settings().limits().maxJournal();
  }

  private String fullMessage() {
    return "the journal of " + info.workflowId() + " has reached its limit of "
        + services.settings().limits().maxJournal() + " positions; split the work into several runs";
  }

  private void checkLimit(Lane lane) {
    String full = lane.state().limitReached;
    if (full != null) {
      throw new LimitExceededException(full);
    }
  }

  private void checkIdle() {
    String busyWith = lane().state().busyWith;
    if (busyWith != null) {
      throw new IllegalStateException(
          "a durable operation was called inside \"" + busyWith + "\" of " + info.workflowId()
              + "; effects and computations may not use the workflow's context");
    }
  }

  private void checkMayWait(String what) {
    String handling = lane().state().handling;
    if (handling != null) {
      throw new IllegalStateException(
          "\"" + what + "\" in the handler of \"" + handling + "\" of " + info.workflowId()
              + ": a handler changes variables, and leaves what takes time to the workflow's own code");
    }
  }

  /** A value's JSON, or a failure that says that it is too large or cannot be written. */
  Result payload(String what, Class<?> type, @Nullable Object value) {
    try {
      return fitting(what, services.payloads().encode(what + " in " + info.workflowId(), type, value));
    } catch (Throwable failed) {
      // Errors of the value's own code too: only the active replica sees them, so they have to be recorded.
      return Result.Failure.of(failed);
    }
  }

  /** The JSON as a value, or a failure that says that it is too large. */
  Result fitting(String what, byte[] json) {
    int max = services.settings().limits().maxPayloadBytes();
    return json.length <= max
        ? new Result.Value(json)
        : Result.Failure.of(
            new LimitExceededException(
                what + " in " + info.workflowId() + " has " + json.length + " bytes as JSON, more than the " + max
                    + " that a payload may have"));
  }

  /** Whether the run has learned that it is to end. */
  boolean wasCancelled() {
    return lane().state().wasCancelled();
  }

  /** The branch on whose thread this is called. */
  Lane lane() {
    Lane lane = Lane.current();
    if (lane == null || lane.life() != incarnation) {
      throw new IllegalStateException(
          "the context of " + info.workflowId() + " was used on " + Thread.currentThread().getName()
              + "; workflow code has to stay on its own thread");
    }
    return lane;
  }

  RunServices services() {
    return services;
  }

  RunInfo info() {
    return info;
  }

  static void checkName(String what, String name) {
    if (name.isEmpty() || name.length() > MAX_NAME_CHARS) {
      throw new IllegalArgumentException(
          what + " name must have 1 to " + MAX_NAME_CHARS + " characters, but has " + name.length());
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      throw new IllegalArgumentException(what + " name \"" + name + "\" holds half of a surrogate pair");
    }
  }
}
