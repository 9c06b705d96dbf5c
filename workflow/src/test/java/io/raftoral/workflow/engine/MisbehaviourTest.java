package io.raftoral.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.workflow.LimitExceededException;
import io.raftoral.workflow.PayloadException;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.ReplicatedVar;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.WorkflowCode;
import io.raftoral.workflow.WorkflowContext;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.run.RunLimits;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Code, requests and values that do what they should not: contained, reported, and the same on every replica. */
class MisbehaviourTest {

  private static WorkflowType<String, String> type(WorkflowCode<String, String> code) {
    return WorkflowType.of("w", 1, String.class, String.class, code);
  }

  private static TestCluster running(RunLimits limits, WorkflowCode<String, String> code) {
    TestCluster three = TestCluster.of(3, config -> config.withLimits(limits), type(code));
    three.elect(1);
    three.settle();
    three.submit("w", "w", "\"in\"");
    three.settle();
    return three;
  }

  private static TestCluster running(WorkflowCode<String, String> code) {
    return running(RunLimits.DEFAULT, code);
  }

  private static RunDescription everywhere(TestCluster three) {
    assertThat(three.digests()).containsOnly(three.digests().getFirst());
    for (int node = 1; node <= 3; node++) {
      assertThat(three.node(node).blocked).isEmpty();
    }
    return three.describe(3, "w");
  }

  private static RefusedException.Code refusal(CompletableFuture<?> future) throws InterruptedException {
    try {
      future.get();
      throw new AssertionError("was not refused");
    } catch (ExecutionException failed) {
      return ((RefusedException) Objects.requireNonNull(failed.getCause())).code();
    }
  }

  // ------------------------------------------------------------------------------------------------ code

  @Test
  void anExceptionFailsTheRunWithTypeAndMessage() {
    RunDescription run =
        everywhere(
            running(
                (context, input) -> {
                  throw new IllegalStateException("no stock");
                }));

    assertThat(run.summary().status()).isEqualTo(RunStatus.FAILED);
    assertThat(run.failureType()).isEqualTo("java.lang.IllegalStateException");
    assertThat(run.failureMessage()).isEqualTo("no stock");
  }

  @Test
  void aStackOverflowFailsItsRunAndNothingElse() {
    RunDescription run = everywhere(running((context, input) -> deeper(input, 1) + input));

    assertThat(run.failureType()).isEqualTo("java.lang.StackOverflowError");
  }

  @SuppressWarnings("InfiniteRecursion")
  private static String deeper(String text, int depth) {
    return deeper(text, depth + 1) + depth;
  }

  @Test
  void anErrorFailsItsRun() {
    RunDescription run =
        everywhere(
            running(
                (context, input) -> {
                  context.now();
                  throw new NoClassDefFoundError("Missing");
                }));

    assertThat(run.failureType()).isEqualTo("java.lang.NoClassDefFoundError");
  }

  @Test
  void catchingEverythingDoesNotKeepADiscardedThreadAlive() {
    AtomicInteger swallowed = new AtomicInteger();
    AtomicInteger endedBySwallowing = new AtomicInteger();
    TestCluster three =
        TestCluster.of(
            3,
            type(
                (context, input) -> {
                  ReplicatedVar<Integer> n = context.replicated("n", Integer.class, 0);
                  for (int i = 1; i <= 5; i++) {
                    try {
                      n.set(i);
                      context.commit();
                    } catch (Throwable everything) {
                      swallowed.incrementAndGet();
                    }
                  }
                  endedBySwallowing.incrementAndGet();
                  return "n is " + n.get();
                }));
    three.elect(1);
    three.settle();
    three.submit("w", "w", "\"in\"");
    for (int round = 0; round < 2; round++) {
      three.runtime.runUntilIdle();
      three.commit();
      three.deliver(1);
      three.deliver(2);
    }
    three.runtime.runUntilIdle();
    three.elect(2);
    three.tellRole(1);
    three.runtime.runUntilIdle();
    assertThat(swallowed.get()).isPositive();
    assertThat(endedBySwallowing).hasValue(1);
    assertThat(three.describe(1, "w").summary().status()).isEqualTo(RunStatus.RUNNING);

    three.settle();
    assertThat(everywhere(three).result()).isEqualTo("\"n is 5\"");
  }

  @Test
  void theContextMayNotBeUsedInsideAnEffect() {
    RunDescription run =
        everywhere(
            running(
                (context, input) ->
                    context.sideEffect("e", String.class, effect -> context.now().toString()).call()));

    assertThat(run.failureType()).isEqualTo("io.raftoral.workflow.SideEffectFailedException");
    assertThat(run.failureMessage()).contains("effects and computations may not use the workflow's context");
  }

  @Test
  void theContextMayNotBeUsedOnAnotherThread() {
    AtomicReference<WorkflowContext> leaked = new AtomicReference<>();
    running(
        (context, input) -> {
          leaked.set(context);
          context.now();
          return input;
        });

    assertThatThrownBy(() -> leaked.get().now()).hasMessageContaining("has to stay on its own thread");
  }

  // -------------------------------------------------------------------------------------------- payloads

  private static final RunLimits SMALL = new RunLimits(100, 20, 1000, 1000);

  @Test
  void aValueThatIsTooLargeIsRefusedAtTheCallOnEveryReplica() {
    RunDescription run =
        everywhere(
            running(
                SMALL,
                (context, input) -> {
                  ReplicatedVar<String> v = context.replicated("v", String.class, "small");
                  try {
                    v.set("x".repeat(200));
                  } catch (LimitExceededException tooLarge) {
                    return v.get();
                  }
                  return "no limit";
                }));

    assertThat(run.result()).isEqualTo("\"small\"");
    assertThat(run.variables()).isEmpty();
  }

  @Test
  void anOutcomeThatIsTooLargeOrUnreadableIsAnExceptionOnEveryReplica() {
    RunDescription run =
        everywhere(
            running(
                SMALL,
                (context, input) -> {
                  String result = "";
                  try {
                    context.sideEffect("e", String.class, effect -> "x".repeat(200)).call();
                  } catch (LimitExceededException tooLarge) {
                    result += "too large, ";
                  }
                  try {
                    context.sideEffect("e", Knot.class, effect -> new Knot()).call();
                  } catch (PayloadException unwritable) {
                    result += "unwritable";
                  }
                  return result;
                }));

    assertThat(run.result()).isEqualTo("\"too large, unwritable\"");
  }

  /** Cannot be written: it holds itself. */
  public static final class Knot {
    public Knot self() {
      return this;
    }

    public Knot getSelf() {
      return this;
    }
  }

  @Test
  void aResultThatIsTooLargeFailsTheRun() {
    RunDescription run = everywhere(running(SMALL, (context, input) -> "x".repeat(200)));

    assertThat(run.failureType()).isEqualTo(LimitExceededException.class.getName());
  }

  // --------------------------------------------------------------------------------------------- journal

  @Test
  void aFullJournalRefusesEverythingButTheEndOnEveryReplica() {
    AtomicInteger refused = new AtomicInteger();
    RunDescription run =
        everywhere(
            running(
                SMALL,
                (context, input) -> {
                  ReplicatedVar<Integer> n = context.replicated("n", Integer.class, 0);
                  for (int i = 1; i <= 30; i++) {
                    try {
                      n.set(i);
                    } catch (LimitExceededException full) {
                      refused.incrementAndGet();
                    }
                  }
                  return "n is " + n.get();
                }));

    assertThat(run.result()).isEqualTo("\"n is 18\"");
    assertThat(run.summary().checkpoints()).isEqualTo(20);
    assertThat(refused).hasValue(3 * 12);
  }

  // -------------------------------------------------------------------------------------------- requests

  @Test
  void startingIsIdempotentByIdAndRefusesAnotherUseOfIt() throws Exception {
    TestCluster three = running((context, input) -> input);
    var again = three.start("w", "w", "  \"in\" ");
    assertThat(again.get().created()).isFalse();
    assertThat(again.get().run()).isEqualTo(three.describe(1, "w").summary().run());

    assertThat(refusal(three.start("w", "w", "\"other\""))).isEqualTo(RefusedException.Code.ID_IN_USE);
  }

  @Test
  void twoStartsOfOneIdAtTheSameTimeMakeOneRun() throws Exception {
    TestCluster three = running((context, input) -> input);
    var first = three.start("w", "x", "\"in\"");
    var second = three.start("w", "x", "\"in\"");
    var third = three.start("w", "x", "\"other\"");
    three.settle();

    assertThat(first.get().run()).isEqualTo(second.get().run());
    assertThat(refusal(third)).isEqualTo(RefusedException.Code.ID_IN_USE);
    assertThat(three.engine(1).status().endedRuns()).isEqualTo(2);
  }

  @Test
  void requestsThatMakeNoSenseAreRefusedAtOnce() throws Exception {
    TestCluster three = running((context, input) -> input);

    assertThat(refusal(three.start("nothing", "x", "\"in\""))).isEqualTo(RefusedException.Code.UNKNOWN_TYPE);
    assertThat(refusal(three.engine(1).start("w", 7, "x", new byte[] {'1'})))
        .isEqualTo(RefusedException.Code.UNKNOWN_TYPE);
    assertThat(refusal(three.start("w", "x", "{"))).isEqualTo(RefusedException.Code.BAD_REQUEST);
    assertThat(refusal(three.start("w", "x", "[1]"))).isEqualTo(RefusedException.Code.BAD_REQUEST);
    assertThat(refusal(three.start("w", "", "\"in\""))).isEqualTo(RefusedException.Code.BAD_REQUEST);
    assertThat(refusal(three.start("w", "ä".repeat(129), "\"in\""))).isEqualTo(RefusedException.Code.BAD_REQUEST);
    assertThat(refusal(three.engine(2).start("w", 0, "x", new byte[] {'1'})))
        .isEqualTo(RefusedException.Code.NO_LEADER);
    assertThatThrownBy(() -> three.engine(1).list(new io.raftoral.workflow.RunFilter(null, null, 10, "x")))
        .hasMessageContaining("not a page token");
  }

  @Test
  void aStartThatIsLostOrRefusedIsAnsweredSo() throws Exception {
    TestCluster three = running((context, input) -> input);
    var lost = three.start("w", "x", "\"in\"");
    three.runLater();
    three.elect(2);
    assertThat(lost).isNotDone();
    three.settle();
    assertThat(refusal(lost)).isEqualTo(RefusedException.Code.NO_LEADER);

    three.node(2).group.refuse(io.raftoral.raft.ProposalResult.Reason.OVERLOADED);
    var refused = three.start("w", "x", "\"in\"");
    three.runLater();
    assertThat(refusal(refused)).isEqualTo(RefusedException.Code.OVERLOADED);

    var kept = three.start("w", "y", "\"in\"");
    three.runLater();
    assertThat(refusal(kept)).isEqualTo(RefusedException.Code.OVERLOADED);
  }

  @Test
  void aStartThatOutlivesItsLeaderIsAnsweredWithItsRun() throws Exception {
    TestCluster three = running((context, input) -> input);
    var kept = three.start("w", "x", "\"in\"");
    three.runLater();
    three.elect(2, 1);
    three.settle();

    assertThat(kept.get().created()).isTrue();
  }

  @Test
  void tooManyOpenRunsOrOutstandingStartsAreRefusedAsOverload() throws Exception {
    TestCluster three =
        TestCluster.of(
            3,
            config -> config.withLimits(new RunLimits(100, 20, 3, 2)),
            type(
                (context, input) -> {
                  context.sleep(java.time.Duration.ofSeconds(1));
                  return input;
                }));
    three.elect(1);
    three.settle();
    three.submit("w", "a", "\"in\"");
    three.submit("w", "b", "\"in\"");
    assertThat(refusal(three.start("w", "c", "\"in\""))).isEqualTo(RefusedException.Code.OVERLOADED);
    three.settle();
    three.submit("w", "c", "\"in\"");
    three.settle();
    assertThat(refusal(three.start("w", "d", "\"in\""))).isEqualTo(RefusedException.Code.OVERLOADED);

    three.advance(1_000);
    var later = three.start("w", "d", "\"in\"");
    three.settle();
    assertThat(later.get().created()).isTrue();
  }

  @Test
  void aNewStartTakesTheNewestVersionAndOldRunsKeepTheirs() throws Exception {
    WorkflowType<String, String> one = WorkflowType.of("v", 1, String.class, String.class, (context, input) -> "1");
    WorkflowType<String, String> two = WorkflowType.of("v", 2, String.class, String.class, (context, input) -> "2");
    TestCluster three = TestCluster.of(1, two, one);
    three.elect(1);
    three.settle();
    three.submit("v", "new", "\"in\"");
    var old = three.engine(1).start("v", 1, "old", new byte[] {'"', '"'});
    three.settle();

    assertThat(old.get().version()).isEqualTo(1);
    assertThat(three.describe(1, "new").result()).isEqualTo("\"2\"");
    assertThat(three.describe(1, "old").result()).isEqualTo("\"1\"");
    assertThatThrownBy(() -> TestCluster.of(1, one, one)).hasMessageContaining("registered twice");
  }

  @Test
  void aStoppedEngineAnswersNobodyAnyMore() throws Exception {
    TestCluster three = running((context, input) -> input);
    var end = three.engine(1).awaitEnd("never");
    var index = three.engine(1).whenApplied(1_000);
    var start = three.start("w", "x", "\"in\"");
    three.engine(1).close();

    for (CompletableFuture<?> future : List.of(end, index, start)) {
      assertThatThrownBy(future::get).hasCauseInstanceOf(io.raftoral.workflow.NodeStoppedException.class);
    }
    assertThat(refusal(three.engine(1).start("w", 0, "x", new byte[] {'1'})))
        .isEqualTo(RefusedException.Code.UNAVAILABLE);
    assertThatThrownBy(() -> three.engine(1).awaitEnd("w2").get())
        .hasCauseInstanceOf(io.raftoral.workflow.NodeStoppedException.class);
  }
}
