package io.raftoral.workflow.engine.state;

import io.raftoral.workflow.RunStatus;
import java.util.Locale;
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
  record Ended(RunStatus status, Result result) implements Outcome {
    /** It returned or threw. */
    public static Ended of(Result result) {
      return new Ended(result instanceof Result.Value ? RunStatus.COMPLETED : RunStatus.FAILED, result);
    }
  }

  /** A signal or update was taken from the inbox. */
  record Received(InboxEntry entry) implements Outcome {}

  /** Somebody looked for a signal, and there was none. */
  record NothingReceived(String signal) implements Outcome {}

  /** What the run made of an update. */
  record Answered(String requestId, Result result) implements Outcome {}

  /** The branch learned that it is to end. */
  record Cancelled(String reason) implements Outcome {}

  /** How branches come together again. */
  enum Join {
    /** When all have ended, or one has failed. */
    ALL,
    /** When one has succeeded, or all have failed. */
    ANY,
    /** When one has ended. */
    RACE
  }

  /** Branches were forked. */
  record Forked(Join join, int children) implements Outcome {}

  /** What the branches that were forked at the position before have come to; negative: all of them together. */
  record Joined(int decidedBy) implements Outcome {}

  /** A branch is over: its last outcome. The value is known to its thread alone. */
  record BranchEnded(Result result) implements Outcome {}

  /** A child was started, unless its id was in use. */
  record ChildStarted(ChildStart start) implements Outcome {}

  /** A child is over. */
  record ChildEnded(String workflowId, Result result) implements Outcome {}

  /** Which code the run has, from here on. */
  record VersionMarked(String changeId, int version) implements Outcome {}

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
      case Ended e -> e.status().name().toLowerCase(Locale.ROOT).replace('_', '-');
      case Received r -> r.entry().update() ? "update" : "signal";
      case NothingReceived n -> "no-signal";
      case Answered a -> "answer";
      case Cancelled c -> "cancel";
      case Forked f -> "fork-" + f.join().name().toLowerCase(Locale.ROOT);
      case Joined j -> "join";
      case BranchEnded b -> "branch-end";
      case ChildStarted c -> "child-start";
      case ChildEnded c -> "child-end";
      case VersionMarked v -> "version";
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
      case Received r -> r.entry().name();
      case NothingReceived n -> n.signal();
      case Answered a -> "";
      case Cancelled c -> "";
      case Forked f -> "";
      case Joined j -> "";
      case BranchEnded b -> "";
      case ChildStarted c -> c.start().workflowId();
      case ChildEnded c -> c.workflowId();
      case VersionMarked v -> v.changeId();
    };
  }
}
