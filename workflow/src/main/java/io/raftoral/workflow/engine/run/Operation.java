package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.engine.payload.Payloads;
import io.raftoral.workflow.engine.state.Outcome;
import io.raftoral.workflow.engine.state.Result;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What workflow code asks for at a position, as far as it is deterministic: every replica has to ask for the same, or
 * it has diverged.
 */
sealed interface Operation {

  /** How much of a value is shown in a report, in characters. */
  int SHOWN_CHARS = 200;

  /** Whether {@code recorded} is an outcome of this very operation. */
  default boolean matches(Outcome recorded) {
    if (recorded instanceof Outcome.LimitReached) {
      return !(this instanceof End);
    }
    return switch (this) {
      case Assign a ->
          recorded instanceof Outcome.Assigned r
              && r.variable().equals(a.variable)
              && (!(r.result() instanceof Result.Value v) || Arrays.equals(v.json(), a.json));
      case Effect e -> recorded instanceof Outcome.EffectDone r && r.name().equals(e.name) && r.attempt() == e.attempt;
      case Compute c -> recorded instanceof Outcome.Computed r && r.name().equals(c.name);
      case SetTimer s -> recorded instanceof Outcome.TimerSet r && r.durationMs() == s.durationMs;
      case AwaitTimer t -> recorded instanceof Outcome.TimerFired;
      case ReadTime t -> recorded instanceof Outcome.TimeRead;
      case DrawUuid d -> recorded instanceof Outcome.UuidDrawn;
      case End e -> recorded instanceof Outcome.Ended r && sameEnd(e.result, r.result());
    };
  }

  /** Results are compared by value, failures by type: messages may hold what differs harmlessly, such as an address. */
  private static boolean sameEnd(Result mine, Result theirs) {
    return mine instanceof Result.Failure m && theirs instanceof Result.Failure t
        ? m.type().equals(t.type())
        : mine.equals(theirs);
  }

  /** What to say of this operation in a report. */
  default String shown() {
    return switch (this) {
      case Assign a -> "assign " + a.variable + " = " + shown(a.json);
      case Effect e -> "effect " + e.name + ", attempt " + e.attempt;
      case Compute c -> "compute " + c.name;
      case SetTimer s -> "timer-set of " + s.durationMs + " ms";
      case AwaitTimer t -> "timer-fired";
      case ReadTime t -> "now";
      case DrawUuid d -> "uuid";
      case End e -> shown("end", e.result);
    };
  }

  /** What to say of a recorded outcome. */
  static String shown(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Assigned a -> shown("assign " + a.variable() + " =", a.result());
      case Outcome.EffectDone e -> "effect " + e.name() + ", attempt " + e.attempt();
      case Outcome.Computed c -> "compute " + c.name();
      case Outcome.TimerSet t -> "timer-set of " + t.durationMs() + " ms";
      case Outcome.TimerFired t -> "timer-fired";
      case Outcome.TimeRead t -> "now";
      case Outcome.UuidDrawn u -> "uuid";
      case Outcome.LimitReached l -> "limit";
      case Outcome.Ended e -> shown("end", e.result());
    };
  }

  private static String shown(String what, Result result) {
    return switch (result) {
      case Result.Value v -> what + " " + shown(v.json());
      case Result.Failure f -> what + " with " + f.type();
      case Result.Unknown u -> what + " unknown";
    };
  }

  private static String shown(byte[] json) {
    String text = Payloads.text(json);
    return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "…";
  }

  /** Assigning a replicated variable. */
  record Assign(String variable, byte[] json) implements Operation {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Assign that && variable.equals(that.variable) && Arrays.equals(json, that.json);
    }

    @Override
    public int hashCode() {
      return variable.hashCode();
    }
  }

  /** One attempt of a side effect. */
  record Effect(String name, int attempt) implements Operation {}

  /** A computation that may not be repeated. */
  record Compute(String name) implements Operation {}

  /** Setting a timer. */
  record SetTimer(long durationMs) implements Operation {}

  /** Waiting for the timer that was set at the position before. */
  record AwaitTimer() implements Operation {}

  /** Reading the clock. */
  record ReadTime() implements Operation {}

  /** Drawing a random UUID. */
  record DrawUuid() implements Operation {}

  /** The end of the run. */
  record End(Result result) implements Operation {}
}
