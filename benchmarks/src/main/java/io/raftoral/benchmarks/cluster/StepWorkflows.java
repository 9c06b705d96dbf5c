package io.raftoral.benchmarks.cluster;

import io.raftoral.workflow.ReplicatedVar;
import io.raftoral.workflow.SideEffect;
import io.raftoral.workflow.WorkflowContext;
import io.raftoral.workflow.WorkflowType;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Workflows that do nothing but checkpoint. Each takes how many steps to make and returns that number. */
public final class StepWorkflows {
  /** What a step is. */
  public enum Kind {
    /** Every step assigns a replicated variable: all replicas compute it, nobody waits. */
    ASSIGN,
    /** Every step is a side effect whose outcome is a value: the thread waits for each. */
    EFFECT,
    /** Three assignments and a side effect in turn. */
    MIXED
  }

  private final String value;

  /** Workflows whose steps checkpoint a string which is {@code valueBytes} long as JSON. */
  public StepWorkflows(int valueBytes) {
    value = "x".repeat(Math.max(0, valueBytes - 2));
  }

  /** The type that makes steps of {@code kind}. */
  public WorkflowType<Integer, Integer> type(Kind kind) {
    return WorkflowType.of("steps-" + kind.name().toLowerCase(Locale.ROOT), 1, Integer.class, Integer.class,
        (context, steps) -> run(context, kind, steps));
  }

  /** All of them, and {@link #ticker()} and {@link #sleeper()}. */
  public List<WorkflowType<?, ?>> all() {
    return List.of(type(Kind.ASSIGN), type(Kind.EFFECT), type(Kind.MIXED), ticker(), sleeper());
  }

  private int run(WorkflowContext context, Kind kind, int steps) {
    ReplicatedVar<String> variable = context.replicated("v", String.class, "");
    SideEffect<String> effect = context.sideEffect("e", String.class, effectContext -> value);
    for (int i = 0; i < steps; i++) {
      boolean assign =
          switch (kind) {
            case ASSIGN -> true;
            case EFFECT -> false;
            case MIXED -> i % 4 != 3;
          };
      if (assign) {
        variable.set(value);
      } else {
        effect.call();
      }
    }
    return steps;
  }

  /**
   * Makes as many assignments as it is told, each committed, and then one side effect after the other for ever: the load
   * under which a leader is killed.
   */
  public WorkflowType<Integer, Integer> ticker() {
    return WorkflowType.of(
        "ticker", 1, Integer.class, Integer.class,
        (context, history) -> {
          run(context, Kind.ASSIGN, history);
          context.commit();
          SideEffect<String> effect = context.sideEffect("tick", String.class, effectContext -> value);
          while (true) {
            effect.call();
          }
        });
  }

  /** Sleeps for as many hours as it is told. */
  public WorkflowType<Integer, Integer> sleeper() {
    return WorkflowType.of(
        "sleeper", 1, Integer.class, Integer.class,
        (context, hours) -> {
          context.sleep(Duration.ofHours(hours));
          return hours;
        });
  }
}
