package io.raftoral.workflow.engine.state;

import java.util.UUID;

/** What one position of a journal holds: the kind of durable operation, its name, and what came of it. */
public sealed interface Outcome {

  /** A replicated variable was assigned; a failure means that the value was refused. */
  record Assigned(String variable, Result result) implements Outcome {}

  /** One attempt of a side effect. */
  record EffectDone(String name, int attempt, Result result) implements Outcome {}

  /** Something that may not be computed twice. */
  record Computed(String name, Result result) implements Outcome {}

  /** A timer was set. */
  record TimerSet(long durationMs, long deadlineMs) implements Outcome {}

  /** The timer that the position before has set is over. */
  record TimerFired(long atMs) implements Outcome {}

  /** The clock was read. */
  record TimeRead(long timeMs) implements Outcome {}

  /** A random UUID was drawn. */
  record UuidDrawn(UUID uuid) implements Outcome {}

  /** The journal is full: the operation was refused, and so is everything after it but the end. */
  record LimitReached(String message) implements Outcome {}

  /** The run is over. Always the last position of the main branch. */
  record Ended(Result result) implements Outcome {}

  /** The kind as it is shown to people. */
  default String kind() {
    return switch (this) {
      case Assigned a -> "assign";
      case EffectDone e -> "effect";
      case Computed c -> "compute";
      case TimerSet t -> "timer-set";
      case TimerFired t -> "timer-fired";
      case TimeRead t -> "now";
      case UuidDrawn u -> "uuid";
      case LimitReached l -> "limit";
      case Ended e -> e.result() instanceof Result.Value ? "completed" : "failed";
    };
  }

  /** The name of the variable, effect or computation; empty for others. */
  default String name() {
    return switch (this) {
      case Assigned a -> a.variable();
      case EffectDone e -> e.name();
      case Computed c -> c.name();
      case TimerSet t -> "";
      case TimerFired t -> "";
      case TimeRead t -> "";
      case UuidDrawn u -> "";
      case LimitReached l -> "";
      case Ended e -> "";
    };
  }
}
