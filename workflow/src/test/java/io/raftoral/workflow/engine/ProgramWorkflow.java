package io.raftoral.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.workflow.Delivery;
import io.raftoral.workflow.OutcomeUnknownException;
import io.raftoral.workflow.ReplicatedVar;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.WorkflowType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A workflow that interprets its input, one letter an operation, and keeps track of every value it has seen. What it
 * has seen is its result, is what its effects show the world, and can be told from its journal: so a journal whose
 * outcomes were not computed from one another gives itself away.
 *
 * <pre>
 * a  assigns what was seen so far     c  computes a fresh value
 * l  effect, at least once            m  effect, at most once
 * n  reads the clock                  u  draws a UUID
 * t  sleeps a second
 * </pre>
 */
final class ProgramWorkflow {
  static final Duration SLEEP = Duration.ofSeconds(1);
  static final String UNKNOWN = "unknown";

  private final AtomicReference<TestCluster> cluster = new AtomicReference<>();

  final WorkflowType<String, String> type =
      WorkflowType.of(
          "program",
          1,
          String.class,
          String.class,
          (context, program) -> {
            ReplicatedVar<String> seen = context.replicated("seen", String.class, "");
            StringBuilder trace = new StringBuilder();
            for (int i = 0; i < program.length(); i++) {
              char operation = program.charAt(i);
              switch (operation) {
                case 'a' -> seen.set(trace.toString());
                case 'c' -> see(trace, context.compute("fresh", Long.class, () -> world().fresh()));
                case 'n' -> see(trace, context.now());
                case 'u' -> see(trace, context.randomUuid());
                case 't' -> context.sleep(SLEEP);
                case 'l' -> {
                  String shown = trace.toString();
                  see(
                      trace,
                      context
                          .sideEffect(
                              "alo",
                              Long.class,
                              effect -> {
                                world().call(effect, shown);
                                return world().fresh();
                              })
                          .call());
                }
                case 'm' -> {
                  String shown = trace.toString();
                  try {
                    see(
                        trace,
                        context
                            .sideEffect(
                                "amo",
                                Long.class,
                                effect -> {
                                  world().call(effect, shown);
                                  return world().fresh();
                                })
                            .withDelivery(Delivery.AT_MOST_ONCE)
                            .call());
                  } catch (OutcomeUnknownException unknown) {
                    see(trace, UNKNOWN);
                  }
                }
                default -> throw new IllegalArgumentException("no such operation: " + operation);
              }
            }
            return trace.toString();
          });

  private World world() {
    return cluster.get().world;
  }

  private static void see(StringBuilder trace, Object value) {
    trace.append(value).append(' ');
  }

  /** A cluster that runs it. */
  TestCluster on(int nodes) {
    TestCluster running = TestCluster.of(nodes, type);
    cluster.set(running);
    return running;
  }

  TestCluster on(TestCluster running) {
    cluster.set(running);
    return running;
  }

  /** Checks everything that must be true of a run that has ended, on the node {@code id} and in the world. */
  static void check(TestCluster cluster, int id, String workflow) {
    RunDescription run = cluster.describe(id, workflow);
    assertThat(run.summary().status()).as("%s on n%s: %s", workflow, id, run).isEqualTo(RunStatus.COMPLETED);
    List<String> seenBefore = new ArrayList<>();
    seenBefore.add("");
    StringBuilder trace = new StringBuilder();
    for (RunDescription.Checkpoint checkpoint : run.journal()) {
      String value = checkpoint.value();
      switch (checkpoint.kind()) {
        case "assign" -> assertThat(value).as("causal: %s", checkpoint).isEqualTo("\"" + trace + "\"");
        case "completed" -> assertThat(value).as("causal: %s", checkpoint).isEqualTo("\"" + trace + "\"");
        case "timer-set", "timer-fired" -> {}
        default -> see(trace, value);
      }
      seenBefore.add(trace.toString());
    }
    assertThat(run.result()).isEqualTo("\"" + trace + "\"");
    checkWorld(cluster, run, seenBefore);
  }

  private static void checkWorld(TestCluster cluster, RunDescription run, List<String> seenBefore) {
    String workflow = run.summary().workflowId();
    Set<String> atMostOnce = new HashSet<>();
    Set<Long> ran = new HashSet<>();
    for (World.Call call : cluster.world.calls()) {
      if (!call.context().workflowId().equals(workflow)) {
        continue;
      }
      int position = (int) call.position();
      ran.add(call.position());
      assertThat(call.shown())
          .as("output commit: what %s was shown is what the journal holds", call)
          .isEqualTo(seenBefore.get(position - 1));
      assertThat(call.applied())
          .as("output commit: %s started after everything before it was applied", call)
          .isGreaterThanOrEqualTo(position - 1L);
      if (call.context().effect().equals("amo")) {
        assertThat(atMostOnce.add(call.context().idempotencyKey())).as("at most once: %s", call).isTrue();
      }
    }
    for (RunDescription.Checkpoint checkpoint : run.journal()) {
      if (checkpoint.kind().equals("effect") && !checkpoint.value().equals(UNKNOWN)) {
        assertThat(ran).as("at least once: %s", checkpoint).contains(checkpoint.position());
      }
    }
  }

  /** How many positions the journal of a program has, its end included. */
  static int positions(String program) {
    return (int) (program.length() + program.chars().filter(operation -> operation == 't').count() + 1);
  }

  static String result(TestCluster cluster, int node, String workflow) {
    return Objects.requireNonNull(cluster.describe(node, workflow).result());
  }
}
