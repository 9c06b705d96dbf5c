package io.raftoral.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.workflow.Delivery;
import io.raftoral.workflow.LimitExceededException;
import io.raftoral.workflow.OutcomeUnknownException;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.RetryPolicy;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.SideEffectFailedException;
import io.raftoral.workflow.WorkflowCode;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.run.RunLimits;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Values, exceptions and placeholders whose own code throws, at the moments at which it hurts most. */
class HostileCodeTest {

  private static TestCluster running(WorkflowCode<String, String> code) {
    TestCluster three = TestCluster.of(3, WorkflowType.of("w", 1, String.class, String.class, code));
    three.elect(1);
    three.settle();
    three.submit("w", "w", "\"in\"");
    three.settle();
    return three;
  }

  private static RunDescription everywhere(TestCluster three) {
    for (int node = 1; node <= 3; node++) {
      assertThat(three.node(node).blocked).isEmpty();
      assertThat(three.describe(node, "w").summary().status()).isNotEqualTo(RunStatus.RUNNING);
    }
    assertThat(three.digests()).containsOnly(three.digests().getFirst());
    return three.describe(3, "w");
  }

  /** Cannot be written: reading its component is an error, not an exception. */
  public record Trap(String id) {
    @Override
    public String id() {
      throw new AssertionError("sprung");
    }
  }

  /** Not even its message can be had. */
  private static final class Mute extends RuntimeException {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("no message");
    }
  }

  @Test
  void atMostOnceAnErrorInWritingTheValueOfAnEffectIsItsOutcome() {
    AtomicInteger ran = new AtomicInteger();
    RunDescription run =
        everywhere(
            running(
                (context, input) -> {
                  StringBuilder seen = new StringBuilder();
                  try {
                    context
                        .sideEffect(
                            "charge",
                            Trap.class,
                            effect -> {
                              ran.incrementAndGet();
                              return new Trap("x");
                            })
                        .withDelivery(Delivery.AT_MOST_ONCE)
                        .call();
                  } catch (SideEffectFailedException failed) {
                    seen.append(failed.failureType());
                  }
                  return seen.toString();
                }));

    assertThat(ran).hasValue(1);
    assertThat(run.result()).isEqualTo("\"java.lang.AssertionError\"");
    assertThat(run.journal()).extracting(RunDescription.Checkpoint::kind).containsExactly("effect", "completed");
  }

  @Test
  void anErrorInAComputationIsItsOutcomeOnEveryReplica() {
    RunDescription run =
        everywhere(
            running(
                (context, input) -> {
                  try {
                    return context.compute(
                        "c",
                        String.class,
                        () -> {
                          throw new NoClassDefFoundError("Missing");
                        });
                  } catch (SideEffectFailedException failed) {
                    return failed.failureType();
                  }
                }));

    assertThat(run.result()).isEqualTo("\"java.lang.NoClassDefFoundError\"");
  }

  @Test
  void anExceptionWhoseMessageThrowsFailsTheRunAndIsAnOutcomeOfAnEffect() {
    RunDescription run =
        everywhere(
            running(
                (context, input) -> {
                  try {
                    context
                        .sideEffect(
                            "e",
                            String.class,
                            effect -> {
                              throw new Mute();
                            })
                        .call();
                  } catch (SideEffectFailedException failed) {
                    context.now();
                  }
                  throw new Mute();
                }));

    assertThat(run.failureType()).isEqualTo(Mute.class.getName());
    assertThat(run.failureMessage()).contains("IllegalStateException");
    assertThat(run.summary().checkpoints()).isEqualTo(3);
  }

  @Test
  void anErrorInANoOpDoesNotBlockTheReplica() {
    everywhere(
        running(
            (context, input) ->
                context
                    .sideEffect("e", String.class, effect -> "done")
                    .withNoOp(
                        value -> {
                          throw new NoClassDefFoundError("Missing");
                        })
                    .call()));
  }

  @Test
  void aTimeoutBeyondAllNumbersIsNone() {
    RunDescription run =
        everywhere(
            running(
                (context, input) ->
                    context
                        .sideEffect("e", String.class, effect -> "done")
                        .withTimeout(Duration.ofSeconds(Long.MAX_VALUE))
                        .call()));

    assertThat(run.result()).isEqualTo("\"done\"");
  }

  @Test
  void atMostOnceThatTheTimeWasOverProvesNothingWhateverThePolicyNames() {
    AtomicInteger ran = new AtomicInteger();
    TestCluster[] cluster = new TestCluster[1];
    TestCluster three =
        TestCluster.of(
            3,
            WorkflowType.of(
                "w",
                1,
                String.class,
                String.class,
                (context, input) -> {
                  try {
                    return context
                        .sideEffect(
                            "e",
                            String.class,
                            effect -> {
                              ran.incrementAndGet();
                              cluster[0].world.call(effect);
                              return "done";
                            })
                        .withDelivery(Delivery.AT_MOST_ONCE)
                        .withTimeout(Duration.ofSeconds(1))
                        .withRetry(
                            RetryPolicy.exponential(3, Duration.ofSeconds(1))
                                .notExecutedOn(List.of(TimeoutException.class)))
                        .call();
                  } catch (OutcomeUnknownException unknown) {
                    return "unknown";
                  }
                }));
    cluster[0] = three;
    three.world.block();
    three.elect(1);
    three.settle();
    three.submit("w", "w", "\"in\"");
    three.advance(60_000);

    assertThat(ran).hasValue(1);
    assertThat(everywhere(three).result()).isEqualTo("\"unknown\"");
  }

  @Test
  void aRunWithLargeValuesIsRebuiltAndDescribedInBoundedPieces() {
    String large = "x".repeat(300_000);
    TestCluster three =
        running(
            (context, input) -> {
              for (int i = 0; i < 10; i++) {
                context.replicated("v", String.class, "").set(large + i);
                context.commit();
              }
              context.sleep(Duration.ofSeconds(10));
              return "done";
            });
    three.crash(1);
    three.elect(2);
    three.settle();
    RunDescription run = three.describe(2, "w");
    assertThat(run.journal()).hasSizeBetween(2, 6);
    assertThat(run.journal().getLast().position()).isEqualTo(run.summary().checkpoints());

    three.crash(2);
    three.restart(1);
    three.restart(2);
    three.elect(1);
    three.advance(20_000);
    assertThat(everywhere(three).result()).isEqualTo("\"done\"");
  }

  /** Small as it comes, large as it is written in full. */
  public record Wide(String first, String second, String third, String fourth) {}

  @Test
  void anInputThatGrowsBeyondTheLimitWhenWrittenInFullIsRefusedAndHoldsNoPlace() {
    TestCluster three =
        TestCluster.of(
            1,
            config -> config.withLimits(new RunLimits(100, 20, 10, 1)),
            WorkflowType.of("w", 1, Wide[].class, String.class, (context, input) -> "done"));
    three.elect(1);
    three.settle();

    for (int i = 0; i < 3; i++) {
      assertThat(three.start("w", "w", "[{},{},{},{}]"))
          .isCompletedExceptionally()
          .matches(refused -> refused.exceptionNow() instanceof LimitExceededException);
    }
    three.submit("w", "w", "[{}]");
  }

  @Test
  void aStartThatASnapshotContainsIsAnsweredWithItsRun() throws Exception {
    TestCluster three = running((context, input) -> input);
    var kept = three.start("w", "x", "\"in\"");
    three.runLater();
    three.elect(2, 1);
    three.commit();
    three.deliver(2);
    three.tellRole(1);
    three.sendSnapshot(2, 1);

    assertThat(kept).isDone();
    assertThat(kept.get().workflowId()).isEqualTo("x");
    assertThat(three.describe(1, "x").summary().run()).isEqualTo(kept.get().run());
  }

  @Test
  void aStartWhoseIndexIsNeverReachedAgainIsAnsweredWhenANewTermBegins() {
    TestCluster three = running((context, input) -> input);
    for (String id : List.of("a", "b", "c")) {
      three.submit("w", id, "\"in\"");
    }
    var lost = three.start("w", "x", "\"in\"");
    three.runLater();
    three.elect(2);
    three.commit();
    three.deliver(1);

    assertThat(lost).isDone();
    assertThatThrownBy(lost::get)
        .cause()
        .isInstanceOfSatisfying(
            RefusedException.class,
            refused -> assertThat(refused.code()).isEqualTo(RefusedException.Code.NO_LEADER));
  }

  /** An input of an earlier release, which lacks a component, and of this one. */
  public record Narrow(String first) {}

  @Test
  void aStartIsTheSameAfterItsInputHasGrownInAnotherRelease() throws Exception {
    WorkflowType<Narrow, String> before =
        WorkflowType.of("w", 1, Narrow.class, String.class, (context, input) -> "done");
    WorkflowType<Wide, String> after = WorkflowType.of("w", 1, Wide.class, String.class, (context, input) -> "done");
    TestCluster two = TestCluster.unopened(2, config -> config, before);
    two.node(2).registered = List.of(after);
    two.open();
    two.elect(1);
    two.settle();
    two.submit("w", "w", "{\"first\":\"a\"}");
    two.settle();
    two.elect(2);
    two.settle();

    assertThat(two.start("w", "w", "{\"first\":\"a\"}").get().created()).isFalse();
    assertThatThrownBy(() -> two.start("w", "w", "{\"first\":\"b\"}").get())
        .cause()
        .isInstanceOfSatisfying(
            RefusedException.class,
            refused -> assertThat(refused.code()).isEqualTo(RefusedException.Code.ID_IN_USE));
  }
}
