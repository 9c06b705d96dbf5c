package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.EffectBody;
import io.raftoral.workflow.LimitExceededException;
import io.raftoral.workflow.ReplicatedVar;
import io.raftoral.workflow.SideEffect;
import io.raftoral.workflow.WorkflowContext;
import io.raftoral.workflow.engine.state.Outcome;
import io.raftoral.workflow.engine.state.Result;
import io.raftoral.workflow.engine.state.RunInfo;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The durable operations, for one incarnation of a run. Confined to its thread. */
final class RunContext implements WorkflowContext {
  private static final int MAX_NAME_CHARS = 128;

  private final Incarnation incarnation;
  private final RunInfo info;
  private final RunServices services;
  private final Map<String, Variable<?>> variables = new HashMap<>();

  /** The latest time that this run has seen; its clock never goes back. */
  private long latestMs;

  /** What the thread is doing that may not be interrupted by another operation, or null. */
  private @Nullable String busyWith;

  /** Set once the journal is full. */
  private @Nullable String limitReached;

  RunContext(Incarnation incarnation, RunInfo info, RunServices services) {
    this.incarnation = incarnation;
    this.info = info;
    this.services = services;
    latestMs = info.startedMs();
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
    lane();
    checkName("variable", name);
    Variable<?> known = variables.get(name);
    if (known == null) {
      Variable<T> variable = new Variable<>(this, name, type, initial);
      variables.put(name, variable);
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

  @Override
  public void sleep(Duration duration) {
    sleepMs(Math.max(0, saturatedMs(duration)));
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

  void sleepMs(long durationMs) {
    Outcome outcome =
        perform(
            new Operation.SetTimer(durationMs),
            () -> {
              long nowMs = Math.max(services.runtime().nowMs(), latestMs);
              long deadlineMs = nowMs + Math.min(durationMs, Long.MAX_VALUE - nowMs);
              return new Outcome.TimerSet(durationMs, deadlineMs);
            });
    if (outcome instanceof Outcome.TimerSet set
        && lane().awaitTimer(set.deadlineMs()) instanceof Outcome.TimerFired fired) {
      latestMs = Math.max(latestMs, fired.atMs());
    }
  }

  @Override
  public Instant now() {
    Outcome outcome =
        perform(
            new Operation.ReadTime(), () -> new Outcome.TimeRead(Math.max(services.runtime().nowMs(), latestMs)));
    if (outcome instanceof Outcome.TimeRead read) {
      latestMs = read.timeMs();
    }
    return Instant.ofEpochMilli(latestMs);
  }

  @Override
  public UUID randomUuid() {
    Outcome outcome = perform(new Operation.DrawUuid(), () -> new Outcome.UuidDrawn(drawUuid()));
    if (outcome instanceof Outcome.UuidDrawn drawn) {
      return drawn.uuid();
    }
    throw new IllegalStateException("not the outcome of a UUID: " + outcome);
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
  public void commit() {
    Lane lane = lane();
    checkIdle();
    lane.outputCommit();
  }

  // -------------------------------------------------------------------------------------- for its parts

  /** Carries one operation out: takes its outcome from the journal, or makes {@code action} produce it. */
  Outcome perform(Operation operation, Supplier<Outcome> action) {
    Lane lane = lane();
    checkIdle();
    String full = limitReached;
    if (full != null) {
      throw new LimitExceededException(full);
    }
    Outcome outcome = lane.take(operation);
    if (outcome == null) {
      outcome = journalIsFull() ? new Outcome.LimitReached(fullMessage()) : act(operation, action);
      lane.produce(outcome);
    }
    if (outcome instanceof Outcome.LimitReached reached) {
      limitReached = reached.message();
      throw new LimitExceededException(reached.message());
    }
    return outcome;
  }

  private Outcome act(Operation operation, Supplier<Outcome> action) {
    busyWith = operation.shown();
    try {
      return action.get();
    } finally {
      busyWith = null;
    }
  }

  private boolean journalIsFull() {
    // Two positions are left for saying so and for the end. (A timer that fires may use one more.)
    return lane().cursor() + 2 >= services.settings().limits().maxJournal();
  }

  private String fullMessage() {
    return "the journal of " + info.workflowId() + " has reached its limit of "
        + services.settings().limits().maxJournal() + " positions; split the work into several runs";
  }

  private void checkIdle() {
    if (busyWith != null) {
      throw new IllegalStateException(
          "a durable operation was called inside \"" + busyWith + "\" of " + info.workflowId()
              + "; effects and computations may not use the workflow's context");
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

  private static void checkName(String what, String name) {
    if (name.isEmpty() || name.length() > MAX_NAME_CHARS) {
      throw new IllegalArgumentException(
          what + " name must have 1 to " + MAX_NAME_CHARS + " characters, but has " + name.length());
    }
  }
}
