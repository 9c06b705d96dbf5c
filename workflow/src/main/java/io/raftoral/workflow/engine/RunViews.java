package io.raftoral.workflow.engine;

import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.RunFilter;
import io.raftoral.workflow.RunPage;
import io.raftoral.workflow.RunProblem;
import io.raftoral.workflow.RunReplica;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.RunSummary;
import io.raftoral.workflow.engine.payload.Payloads;
import io.raftoral.workflow.engine.run.Runs;
import io.raftoral.workflow.engine.state.JournalEntry;
import io.raftoral.workflow.engine.state.Outcome;
import io.raftoral.workflow.engine.state.Result;
import io.raftoral.workflow.engine.state.RunHead;
import io.raftoral.workflow.engine.state.RunInfo;
import io.raftoral.workflow.engine.state.StateReader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What people and clients see of runs. Any thread. */
final class RunViews {
  /** How many runs one page may look at, whether they pass the filter or not. */
  static final int MAX_EXAMINED = 10_000;

  private final StateReader reader;

  RunViews(StateReader reader) {
    this.reader = reader;
  }

  /** A run in full, null if there is none of this id. */
  @Nullable RunDescription describe(String id, Problems problems) {
    RunInfo info = reader.info(id);
    if (info == null) {
      return null;
    }
    RunHead head = reader.head(info);
    long next = head.main().next();
    List<RunDescription.Checkpoint> journal = new ArrayList<>();
    for (JournalEntry entry : reader.newest(info, next, RunDescription.MAX_JOURNAL)) {
      journal.add(
          new RunDescription.Checkpoint(
              entry.position(),
              entry.outcome().kind(),
              entry.outcome().name(),
              shown(entry.outcome()),
              entry.by().term()));
    }
    Map<String, String> variables = new LinkedHashMap<>();
    reader.variables(info).forEach((name, json) -> variables.put(name, Payloads.text(json)));
    Result result = head.status().ended() ? reader.result(info, head) : Result.UNKNOWN;
    RunProblem problem = problems.of(info.run());
    return new RunDescription(
        summary(info, head),
        Payloads.text(info.input()),
        result instanceof Result.Value value ? Payloads.text(value.json()) : null,
        result instanceof Result.Failure failure ? failure.type() : null,
        result instanceof Result.Failure failure ? failure.message() : null,
        variables,
        journal,
        problem == null ? null : problem.message());
  }

  /** What this node does about a run. */
  RunReplica replica(String node, String id, Runs runs) {
    RunInfo info = reader.info(id);
    if (info == null) {
      return new RunReplica(node, RunReplica.State.UNKNOWN, null);
    }
    RunReplica.State open = runs.state(info.run());
    if (open != null) {
      return new RunReplica(node, open, runs.problem(info.run()));
    }
    boolean ended = reader.head(info).status().ended();
    return new RunReplica(node, ended ? RunReplica.State.ENDED : RunReplica.State.ASLEEP, null);
  }

  /** Knows what keeps replicas from going on. */
  @FunctionalInterface
  interface Problems {
    @Nullable RunProblem of(long run);
  }

  /** How a run ended, null if it has not or there is none. */
  @Nullable RunEnd end(String id) {
    RunInfo info = reader.info(id);
    if (info == null) {
      return null;
    }
    RunHead head = reader.head(info);
    return head.status().ended() && head.status() != RunStatus.CONTINUED_AS_NEW ? end(info, head, reader.result(info, head)) : null;
  }

  private static RunEnd end(RunInfo info, RunHead head, Result result) {
    return switch (result) {
      case Result.Value v ->
          new RunEnd(info.workflowId(), info.run(), head.status(), Payloads.text(v.json()), null, null);
      case Result.Failure f ->
          new RunEnd(info.workflowId(), info.run(), head.status(), null, f.type(), f.message());
      case Result.Unknown u -> throw new IllegalStateException("the end of " + info + " is recorded as unknown");
    };
  }

  /**
   * A page of runs in the order in which they are stored. Looks at a bounded number of them, so it may be short, or
   * empty.
   */
  RunPage list(RunFilter filter) {
    Cursor from = Cursor.parse(filter.pageToken());
    List<RunSummary> runs = new ArrayList<>();
    int[] examined = {0};
    String[] next = {""};
    reader.runs(
        from.slot(),
        from.run(),
        (info, head) -> {
          if (runs.size() == filter.pageSize() || examined[0] == MAX_EXAMINED) {
            next[0] = new Cursor(info.slot(), info.run()).token();
            return false;
          }
          examined[0]++;
          if (passes(filter, info, head)) {
            runs.add(summary(info, head));
          }
          return true;
        });
    return new RunPage(runs, next[0]);
  }

  private boolean passes(RunFilter filter, RunInfo info, RunHead head) {
    return (filter.type() == null || filter.type().equals(info.type()))
        && (filter.status() == null || filter.status() == head.status())
        && (filter.startedFrom() == null || info.startedMs() >= filter.startedFrom().toEpochMilli())
        && (filter.startedBefore() == null || info.startedMs() < filter.startedBefore().toEpochMilli())
        && (filter.variables().isEmpty() || holds(filter.variables(), reader.variables(info)));
  }

  private static boolean holds(Map<String, String> wanted, Map<String, byte[]> variables) {
    return wanted.entrySet().stream()
        .allMatch(
            want -> {
              byte[] json = variables.get(want.getKey());
              return json != null && Payloads.text(json).equals(want.getValue());
            });
  }

  private static RunSummary summary(RunInfo info, RunHead head) {
    return new RunSummary(
        info.workflowId(),
        info.run(),
        info.type(),
        info.version(),
        head.status(),
        Instant.ofEpochMilli(info.startedMs()),
        head.status().ended() ? Instant.ofEpochMilli(head.endedMs()) : null,
        head.checkpoints());
  }

  /** An outcome's value for people. */
  static String shown(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Assigned a -> shown(a.result());
      case Outcome.EffectDone e -> shown(e.result());
      case Outcome.Computed c -> shown(c.result());
      case Outcome.TimerSet t -> Instant.ofEpochMilli(Math.min(t.deadlineMs(), MAX_SHOWN_MS)).toString();
      case Outcome.TimerFired t -> Instant.ofEpochMilli(t.atMs()).toString();
      case Outcome.TimeRead t -> Instant.ofEpochMilli(t.timeMs()).toString();
      case Outcome.UuidDrawn u -> u.uuid().toString();
      case Outcome.LimitReached l -> l.message();
      case Outcome.Ended e -> shown(e.result());
      case Outcome.Received r -> Payloads.text(r.entry().value());
      case Outcome.NothingReceived n -> "";
      case Outcome.Answered a -> shown(a.result());
      case Outcome.Cancelled c -> c.reason();
      case Outcome.Forked f -> f.children() + " branches";
      case Outcome.Joined j -> j.decidedBy() < 0 ? "all" : "branch " + j.decidedBy();
      case Outcome.BranchEnded b -> shown(b.result());
      case Outcome.ChildStarted c -> Payloads.text(c.start().input());
      case Outcome.ChildEnded c -> shown(c.result());
      case Outcome.VersionMarked v -> String.valueOf(v.version());
    };
  }

  /** The end of the year 9999: deadlines may be as far away as a long can say. */
  private static final long MAX_SHOWN_MS = 253_402_300_799_000L;

  private static String shown(Result result) {
    return switch (result) {
      case Result.Value v -> Payloads.text(v.json());
      case Result.Failure f -> f.message().isEmpty() ? f.type() : f.type() + ": " + f.message();
      case Result.Unknown u -> "unknown";
    };
  }

  /** Where a page begins. */
  private record Cursor(int slot, long run) {
    String token() {
      return slot + "." + run;
    }

    static Cursor parse(String token) {
      if (token.isEmpty()) {
        return new Cursor(0, 0);
      }
      int dot = token.indexOf('.');
      try {
        int slot = Integer.parseInt(token.substring(0, Math.max(0, dot)));
        Cursor cursor = new Cursor(slot, Long.parseLong(token.substring(dot + 1)));
        if (cursor.slot >= 0 && cursor.run >= 0) {
          return cursor;
        }
      } catch (NumberFormatException malformed) {
        // Answered below, as every other token that no page has given out.
      }
      throw new RefusedException(
          RefusedException.Code.BAD_REQUEST, "\"" + token + "\" is not a page token that a list has given out");
    }
  }
}
