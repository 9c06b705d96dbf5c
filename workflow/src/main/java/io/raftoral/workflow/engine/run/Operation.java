package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.engine.payload.Payloads;
import io.raftoral.workflow.engine.state.ChildStart;
import io.raftoral.workflow.engine.state.Outcome;
import io.raftoral.workflow.engine.state.Result;
import java.util.Arrays;
import java.util.Set;
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
      return !(this instanceof End || this instanceof BranchEnd);
    }
    if (recorded instanceof Outcome.Cancelled) {
      return this instanceof Effect || this instanceof Wait;
    }
    return switch (this) {
      case Assign a ->
          recorded instanceof Outcome.Assigned r
              && r.variable().equals(a.variable)
              && (!(r.result() instanceof Result.Value v) || Arrays.equals(v.json(), a.json));
      case Effect e -> recorded instanceof Outcome.EffectDone r && r.name().equals(e.name) && r.attempt() == e.attempt;
      case Compute c -> recorded instanceof Outcome.Computed r && r.name().equals(c.name);
      case SetTimer s -> recorded instanceof Outcome.TimerSet r && r.durationMs() == s.durationMs;
      case Wait w -> w.ends(recorded);
      case Poll p ->
          recorded instanceof Outcome.NothingReceived n && n.signal().equals(p.signal)
              || recorded instanceof Outcome.Received r && r.entry().name().equals(p.signal);
      case Answer a ->
          recorded instanceof Outcome.Answered r
              && r.requestId().equals(a.requestId)
              && sameEnd(a.result, r.result());
      case Fork f -> recorded instanceof Outcome.Forked r && r.join() == f.join && r.children() == f.children;
      case Joining j -> recorded instanceof Outcome.Joined;
      case BranchEnd b -> recorded instanceof Outcome.BranchEnded r && sameEnd(b.result, r.result());
      case StartChild c ->
          recorded instanceof Outcome.ChildStarted r
              && r.start().workflowId().equals(c.start.workflowId())
              && r.start().type().equals(c.start.type())
              && Arrays.equals(r.start().input(), c.start.input());
      case MarkVersion v -> recorded instanceof Outcome.VersionMarked r && r.changeId().equals(v.changeId);
      case ReadTime t -> recorded instanceof Outcome.TimeRead;
      case DrawUuid d -> recorded instanceof Outcome.UuidDrawn;
      case End e ->
          recorded instanceof Outcome.Ended r
              && r.status() == e.end.status()
              && sameEnd(e.end.result(), r.result());
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
      case Wait w -> w.what;
      case Poll p -> "poll signal " + p.signal;
      case Answer a -> shown("answer", a.result);
      case Fork f -> "fork of " + f.children + " branches, " + f.join;
      case Joining j -> "join";
      case BranchEnd b -> shown("end of the branch", b.result);
      case StartChild c -> "start of child " + c.start.workflowId();
      case MarkVersion v -> "version of " + v.changeId;
      case ReadTime t -> "now";
      case DrawUuid d -> "uuid";
      case End e -> shown("end", e.end.result());
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
      case Outcome.Received r -> (r.entry().update() ? "update " : "signal ") + r.entry().name();
      case Outcome.NothingReceived n -> "no signal " + n.signal();
      case Outcome.Answered a -> shown("answer", a.result());
      case Outcome.Cancelled c -> "cancel";
      case Outcome.Forked f -> "fork of " + f.children() + " branches, " + f.join();
      case Outcome.Joined j -> "join";
      case Outcome.BranchEnded b -> shown("end of the branch", b.result());
      case Outcome.ChildStarted c -> "start of child " + c.start().workflowId();
      case Outcome.ChildEnded c -> "end of child " + c.workflowId();
      case Outcome.VersionMarked v -> "version of " + v.changeId();
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

  /**
   * Waiting for one of several things.
   *
   * @param what for reports
   * @param timer whether a timer that was set may end it
   * @param signals names of signals and updates that may
   * @param child id of a child whose end may; empty for none
   */
  record Wait(String what, boolean timer, Set<String> signals, String child) implements Operation {
    private boolean ends(Outcome recorded) {
      return switch (recorded) {
        case Outcome.TimerFired t -> timer;
        case Outcome.Received r -> signals.contains(r.entry().name());
        case Outcome.ChildEnded c -> c.workflowId().equals(child);
        default -> false;
      };
    }
  }

  /** Looking for a signal. */
  record Poll(String signal) implements Operation {}

  /** What the code makes of an update. */
  record Answer(String requestId, Result result) implements Operation {}

  /** Forking branches. */
  record Fork(Outcome.Join join, int children) implements Operation {}

  /** Waiting for what was forked at the position before. */
  record Joining() implements Operation {}

  /** The end of a branch. */
  record BranchEnd(Result result) implements Operation {}

  /** Starting a child. */
  record StartChild(ChildStart start) implements Operation {}

  /** Asking which code the run has. */
  record MarkVersion(String changeId) implements Operation {}

  /** Reading the clock. */
  record ReadTime() implements Operation {}

  /** Drawing a random UUID. */
  record DrawUuid() implements Operation {}

  /** The end of the run. */
  record End(Outcome.Ended end) implements Operation {}
}
