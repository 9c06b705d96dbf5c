package io.raftoral.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.workflow.ReplicatedVar;
import io.raftoral.workflow.RunProblem;
import io.raftoral.workflow.RunReplica;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.Standby;
import io.raftoral.workflow.WorkflowCode;
import io.raftoral.workflow.WorkflowContext;
import io.raftoral.workflow.WorkflowType;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Code that does something else on one node is found there, where it happens, and nothing else is affected. */
class DivergenceTest {

  private static WorkflowType<String, String> type(WorkflowCode<String, String> code) {
    return WorkflowType.of("w", 1, String.class, String.class, code);
  }

  private static String recorded(io.raftoral.workflow.WorkflowContext context, String input) {
    ReplicatedVar<String> step = context.replicated("step", String.class, "");
    step.set("one");
    step.set("two");
    return input;
  }

  static Stream<Arguments> wrongWays() {
    return Stream.of(
        Arguments.of(
            "another value",
            type(
                (context, input) -> {
                  ReplicatedVar<String> step = context.replicated("step", String.class, "");
                  step.set("one");
                  step.set("three");
                  return input;
                }),
            2,
            "assign step = \"two\"",
            "assign step = \"three\""),
        Arguments.of(
            "another name",
            type(
                (context, input) -> {
                  context.replicated("stage", String.class, "").set("one");
                  return input;
                }),
            1,
            "assign step = \"one\"",
            "assign stage = \"one\""),
        Arguments.of(
            "another kind",
            type(
                (context, input) -> {
                  context.now();
                  return input;
                }),
            1,
            "assign step = \"one\"",
            "now"),
        Arguments.of(
            "an early end",
            type(
                (context, input) -> {
                  context.replicated("step", String.class, "").set("one");
                  return input;
                }),
            2,
            "assign step = \"two\"",
            "end \"in\""),
        Arguments.of(
            "a late end",
            type(
                (context, input) -> {
                  recorded(context, input);
                  context.replicated("step", String.class, "").set("three");
                  return input;
                }),
            3,
            "end \"in\"",
            "assign step = \"three\""),
        Arguments.of(
            "another result",
            type(
                (context, input) -> {
                  recorded(context, input);
                  return "other";
                }),
            3,
            "end \"in\"",
            "end \"other\""),
        Arguments.of(
            "an exception",
            type(
                (context, input) -> {
                  recorded(context, input);
                  throw new IllegalStateException("only here");
                }),
            3,
            "end \"in\"",
            "end with java.lang.IllegalStateException"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongWays")
  void aReplicaThatGoesAnotherWayIsBlockedAndSaysWhere(
      String name, WorkflowType<String, String> wrong, int position, String expected, String actual) {
    TestCluster three = TestCluster.unopened(3, UnaryOperator.identity(), type(DivergenceTest::recorded));
    three.node(2).registered = List.of(wrong);
    three.open();
    three.elect(1);
    three.settle();
    three.submit("w", "w", "\"in\"");
    three.settle();

    assertThat(three.node(2).blocked).as(name).hasSize(1);
    assertThat(three.node(2).blocked.getFirst())
        .contains("position " + position + ":", expected, actual)
        .containsPattern("DivergenceTest\\.java:\\d+|its end");
    assertThat(three.node(1).blocked).isEmpty();
    assertThat(three.node(3).blocked).isEmpty();
    for (int node = 1; node <= 3; node++) {
      assertThat(three.describe(node, "w").summary().status()).isEqualTo(RunStatus.COMPLETED);
    }
    assertThat(three.digests()).containsOnly(three.digests().getFirst());
  }

  @Test
  void aBlockedReplicaStaysBlockedWhileOthersGoOnAndOtherRunsAreNotAffected() {
    WorkflowCode<String, String> right =
        (context, input) -> {
          context.replicated("a", String.class, "").set(input);
          context.sleep(java.time.Duration.ofSeconds(1));
          return input;
        };
    WorkflowCode<String, String> wrong =
        (context, input) -> {
          context.replicated("a", String.class, "").set(input.equals("bad") ? "else" : input);
          context.sleep(java.time.Duration.ofSeconds(1));
          return input;
        };
    TestCluster three = TestCluster.unopened(3, UnaryOperator.identity(), type(right));
    three.node(2).registered = List.of(type(wrong));
    three.open();
    three.elect(1);
    three.settle();
    three.submit("w", "good", "\"good\"");
    three.submit("w", "bad", "\"bad\"");
    three.settle();

    assertThat(three.engine(2).status().blockedRuns()).isEqualTo(1);
    assertThat(three.describe(2, "bad").problem()).contains("diverged at position 1");
    assertThat(three.describe(2, "good").problem()).isNull();
    assertThat(three.describe(1, "bad").problem()).isNull();

    // Led by the node on which it is blocked, the run waits; the others go on.
    three.elect(2);
    three.advance(2_000);
    assertThat(three.describe(2, "good").summary().status()).isEqualTo(RunStatus.COMPLETED);
    assertThat(three.describe(2, "bad").summary().status()).isEqualTo(RunStatus.RUNNING);

    three.elect(3);
    three.advance(2_000);
    assertThat(three.describe(2, "bad").summary().status()).isEqualTo(RunStatus.COMPLETED);
    assertThat(three.engine(2).status().blockedRuns()).isZero();
  }

  private static TestCluster quarantined(AtomicBoolean wrong) {
    WorkflowCode<String, String> code =
        (context, input) -> {
          context.replicated("a", String.class, "").set(wrong.get() ? "else" : input);
          context.sleep(Duration.ofSeconds(1));
          return input;
        };
    TestCluster three = TestCluster.unopened(3, UnaryOperator.identity(), type(DivergenceTest::sleeper));
    three.node(2).registered = List.of(type(code));
    three.open();
    three.elect(1);
    three.settle();
    three.submit("w", "w", "\"in\"");
    three.settle();
    return three;
  }

  private static String sleeper(WorkflowContext context, String input) {
    context.replicated("a", String.class, "").set(input);
    context.sleep(Duration.ofSeconds(1));
    return input;
  }

  @Test
  void aQuarantinedReplicaIsReportedWithPositionOperationsAndLine() {
    TestCluster three = quarantined(new AtomicBoolean(true));

    RunReplica replica = three.engine(2).replica("w");
    assertThat(replica.state()).isEqualTo(RunReplica.State.BLOCKED);
    RunProblem problem = Objects.requireNonNull(replica.problem());
    assertThat(problem.kind()).isEqualTo(RunProblem.Kind.DIVERGED);
    assertThat(problem.position()).isEqualTo(1);
    assertThat(problem.expected()).isEqualTo("assign a = \"in\"");
    assertThat(problem.actual()).isEqualTo("assign a = \"else\"");
    assertThat(problem.line()).contains("DivergenceTest.java:");
    assertThat(three.engine(1).replica("w")).isEqualTo(new RunReplica("n1", RunReplica.State.ACTIVE, null));
    assertThat(three.engine(3).replica("w")).isEqualTo(new RunReplica("n3", RunReplica.State.SHADOW, null));
    assertThat(three.engine(3).replica("other").state()).isEqualTo(RunReplica.State.UNKNOWN);
  }

  @Test
  void anOperatorHasAQuarantinedReplicaBuiltAgain() {
    AtomicBoolean wrong = new AtomicBoolean(true);
    TestCluster three = quarantined(wrong);
    assertThat(three.engine(2).decide("w", true).problem()).isNull();
    three.settle();
    // Nothing has changed: it diverges again.
    assertThat(three.engine(2).replica("w").state()).isEqualTo(RunReplica.State.BLOCKED);

    wrong.set(false);
    three.engine(2).decide("w", true);
    three.settle();
    assertThat(three.engine(2).replica("w").state()).isEqualTo(RunReplica.State.SHADOW);
    assertThat(three.engine(2).status().blockedRuns()).isZero();
    three.elect(2);
    three.advance(2_000);
    assertThat(three.describe(2, "w").summary().status()).isEqualTo(RunStatus.COMPLETED);
  }

  @Test
  void anOperatorSkipsAQuarantinedReplicaUntilItsNodeHasToRunIt() {
    AtomicBoolean wrong = new AtomicBoolean(true);
    TestCluster three = quarantined(wrong);
    assertThat(three.engine(2).decide("w", false).state()).isEqualTo(RunReplica.State.COLD);
    assertThat(three.engine(2).status().blockedRuns()).isZero();
    three.settle();
    assertThat(three.node(2).blocked).hasSize(1);

    wrong.set(false);
    three.elect(2);
    three.advance(2_000);
    assertThat(three.describe(2, "w").summary().status()).isEqualTo(RunStatus.COMPLETED);
  }

  @Test
  void aTypeThatStandsByColdHasThreadsOnlyWhereItIsActive() {
    AtomicInteger begun = new AtomicInteger();
    WorkflowType<String, String> cold =
        type(
                (context, input) -> {
                  begun.incrementAndGet();
                  return sleeper(context, input);
                })
            .withStandby(Standby.COLD);
    TestCluster three = TestCluster.of(3, cold);
    three.elect(1);
    three.settle();
    three.submit("w", "w", "\"in\"");
    three.settle();
    assertThat(begun).hasValue(1);
    assertThat(three.engine(3).replica("w").state()).isEqualTo(RunReplica.State.COLD);

    three.elect(3);
    three.settle();
    assertThat(begun).hasValue(2);
    assertThat(three.engine(1).replica("w").state()).isEqualTo(RunReplica.State.COLD);
    assertThat(three.engine(3).replica("w").state()).isEqualTo(RunReplica.State.ACTIVE);
    three.advance(2_000);
    for (int node = 1; node <= 3; node++) {
      assertThat(three.engine(node).replica("w").state()).isEqualTo(RunReplica.State.ENDED);
    }
    assertThat(begun).hasValue(2);
    assertThat(three.digests()).containsOnly(three.digests().getFirst());
  }

  @Test
  void aRunWhoseTypeIsMissingOnANodeIsBlockedThereAndSaysSo() {
    TestCluster three = TestCluster.unopened(3, UnaryOperator.identity(), type(DivergenceTest::recorded));
    three.node(3).registered = List.of();
    three.open();
    three.elect(1);
    three.settle();
    three.submit("w", "w", "\"in\"");
    three.runtime.runUntilIdle();
    three.commit();
    three.deliver(3);

    assertThat(three.describe(3, "w").problem()).contains("w version 1 is not registered on node n3");
    three.settle();
    assertThat(three.node(3).blocked).hasSize(1);
    assertThat(three.digests()).containsOnly(three.digests().getFirst());
  }
}
