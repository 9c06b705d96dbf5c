package io.raftoral.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.driver.ProposalListener;
import io.raftoral.workflow.Delivery;
import io.raftoral.workflow.EffectContext;
import io.raftoral.workflow.OutcomeUnknownException;
import io.raftoral.workflow.ReplicatedVar;
import io.raftoral.workflow.RetryPolicy;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.SideEffectFailedException;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.state.Branch;
import io.raftoral.workflow.engine.state.By;
import io.raftoral.workflow.engine.state.Command;
import io.raftoral.workflow.engine.state.CommandCodec;
import io.raftoral.workflow.engine.state.KeyLayout;
import io.raftoral.workflow.engine.state.Outcome;
import io.raftoral.workflow.engine.state.OutcomeCodec;
import io.raftoral.workflow.engine.state.Result;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** When an effect may run, how often, and what its outcome is. */
class EffectRulesTest {
  private final ProgramWorkflow program = new ProgramWorkflow();
  private final AtomicReference<TestCluster> cluster = new AtomicReference<>();

  private TestCluster started(String operations) {
    TestCluster three = program.on(3);
    three.elect(1);
    three.settle();
    three.submit("program", "w", "\"" + operations + "\"");
    return three;
  }

  private static void assertRight(TestCluster three) {
    for (int node = 1; node <= 3; node++) {
      ProgramWorkflow.check(three, node, "w");
    }
  }

  // ------------------------------------------------------------------------------------- output commit

  @Test
  void outputCommitAnEffectStartsOnlyWhenEverythingBeforeItIsApplied() {
    TestCluster three = started("cal");
    three.runtime.runUntilIdle();
    three.commit();
    three.deliver(1);
    three.runtime.runUntilIdle();
    assertThat(three.uncommitted()).isPositive();
    assertThat(three.world.calls()).isEmpty();

    three.settle();
    assertThat(three.world.calls()).hasSize(1);
    assertRight(three);
  }

  // -------------------------------------------------------------------------------------- at most once

  @Test
  void atMostOnceTheEffectWaitsForItsIntentToBeApplied() {
    TestCluster three = started("m");
    three.runtime.runUntilIdle();
    three.commit();
    three.deliver(1);
    three.runtime.runUntilIdle();
    assertThat(three.uncommitted()).isEqualTo(1);
    assertThat(three.world.calls()).isEmpty();

    three.settle();
    assertThat(three.world.calls()).hasSize(1);
  }

  @Test
  void atMostOnceANewLeaderThatFindsAnIntentRecordsUnknown() {
    TestCluster three = started("ma");
    three.world.block();
    three.settle();
    assertThat(three.world.calls("amo")).hasSize(1);

    three.crash(1);
    three.elect(2);
    three.world.unblock();
    three.settle();

    assertThat(three.world.calls("amo")).hasSize(1);
    assertThat(ProgramWorkflow.result(three, 2, "w")).contains(ProgramWorkflow.UNKNOWN);
    ProgramWorkflow.check(three, 3, "w");
  }

  @Test
  void atMostOnceARebuiltThreadInTheSameTermThatFindsAnIntentRecordsUnknown() {
    TestCluster three = started("ma");
    three.world.block();
    three.settle();
    three.node(1).group.lease(Long.MIN_VALUE);
    three.advance(100);
    assertThat(three.engine(1).status().effectsInFlight()).isZero();

    three.node(1).group.lease(null);
    three.world.unblock();
    three.advance(1_000);

    assertThat(three.world.calls("amo")).hasSize(1);
    assertThat(ProgramWorkflow.result(three, 1, "w")).contains(ProgramWorkflow.UNKNOWN);
    assertRight(three);
  }

  // ---------------------------------------------------------------------------------------------- lease

  @Test
  void noEffectStartsWithoutALease() {
    TestCluster three = program.on(3);
    three.node(1).group.lease(Long.MIN_VALUE);
    three.elect(1);
    three.settle();
    three.submit("program", "w", "\"cl\"");
    three.advance(500);
    assertThat(three.world.calls()).isEmpty();

    three.node(1).group.lease(null);
    three.advance(500);
    assertThat(three.world.calls()).hasSize(1);
    assertRight(three);
  }

  @Test
  void noEffectStartsWithTooLittleOfTheLeaseLeft() {
    TestCluster three = program.on(3);
    three.elect(1);
    three.settle();
    long marginNanos = EngineConfig.of("c", "n", 1).leaseMarginMs() * 1_000_000;
    three.node(1).group.lease(three.runtime.nanoTime() + marginNanos);
    three.submit("program", "w", "\"l\"");
    three.settle();
    assertThat(three.world.calls()).isEmpty();

    three.node(1).group.lease(three.runtime.nanoTime() + marginNanos + 1_000_000_000);
    three.advance(10);
    assertThat(three.world.calls()).hasSize(1);
  }

  @Test
  void anEffectIsInterruptedBeforeTheLeaseEndsAndThatIsNeverRecorded() {
    TestCluster three = started("la");
    three.world.block();
    three.settle();
    long marginMs = EngineConfig.of("c", "n", 1).leaseMarginMs();
    three.node(1).group.lease(three.runtime.nanoTime() + (500 + marginMs) * 1_000_000);
    // The guard looked last when the lease had no end; it looks again when it believed that it would end.
    three.node(1).group.lease(Long.MIN_VALUE);
    three.elect(2);
    three.tellRole(1);
    assertThat(three.engine(1).status().effectsInFlight()).isZero();

    three.world.unblock();
    three.settle();
    assertThat(three.world.calls("alo")).hasSize(2);
    assertRight(three);
  }

  @Test
  void anEffectThatLostItsLeaseRunsAgainWhenTheLeaseIsBackWithTheSameKey() {
    TestCluster three = program.on(3);
    three.elect(1);
    three.settle();
    three.node(1).group.lease(three.runtime.nanoTime() + 1_000_000_000);
    three.world.block();
    three.submit("program", "w", "\"cla\"");
    three.settle();
    assertThat(three.world.calls()).hasSize(1);

    three.advance(1_100);
    assertThat(three.engine(1).status().effectsInFlight()).isZero();
    assertThat(three.describe(1, "w").journal()).hasSize(1);

    three.world.unblock();
    three.node(1).group.lease(null);
    three.advance(1_000);
    assertThat(three.world.calls()).hasSize(2);
    assertThat(three.world.calls().get(0).context()).isEqualTo(three.world.calls().get(1).context());
    assertRight(three);
  }

  // ------------------------------------------------------------------------------------------- transfer

  @Test
  void transferEffectsStopBeforeLeadershipIsHandedOverAndNeverStartAgainInThatTerm() {
    TestCluster three = started("cltl");
    three.world.block();
    three.settle();
    assertThat(three.engine(1).status().effectsInFlight()).isEqualTo(1);

    three.engine(1).transferLeadership(2);
    assertThat(three.engine(1).status().effectsInFlight()).isZero();
    assertThat(three.node(1).group.transferredTo()).isEqualTo(2);
    three.world.unblock();
    // The transfer comes to nothing, and node 1 goes on leading: workflows go on, effects do not.
    three.advance(500);
    assertThat(three.world.calls()).hasSize(1);

    three.elect(2);
    three.advance(2_000);
    assertThat(three.world.calls()).hasSize(3);
    assertThat(three.world.calls().subList(1, 3)).allMatch(call -> call.context().node().equals("n2"));
    assertRight(three);
  }

  @Test
  void transferIsTriedAgainAtOthersWhileItHasNotHappened() {
    TestCluster three = started("t");
    three.settle();
    three.engine(1).transferLeadership(2);
    assertThat(three.node(1).group.transferredTo()).isEqualTo(2);

    three.advance(LeadershipTransfer.RETRY_MS);
    assertThat(three.node(1).group.transferredTo()).isEqualTo(3);
    three.advance(2 * LeadershipTransfer.RETRY_MS);
    assertThat(three.node(1).group.transferredTo()).isEqualTo(2);

    three.elect(3);
    three.settle();
    three.advance(10 * LeadershipTransfer.RETRY_MS);
    assertThat(three.node(1).group.transferredTo()).isEqualTo(2);
  }

  @Test
  void transferInAGroupOfOneStopsNoEffects() {
    TestCluster one = program.on(1);
    one.elect(1);
    one.settle();
    one.engine(1).transferLeadership(1);
    one.submit("program", "w", "\"la\"");
    one.advance(1_000);
    assertThat(one.world.calls()).hasSize(1);
    assertThat(one.describe(1, "w").summary().status()).isEqualTo(RunStatus.COMPLETED);
  }

  // ------------------------------------------------------------------------------------ rebuild barrier

  @Test
  void rebuildBarrierNoThreadIsRebuiltInATermWhileAProposalOfTheOldOneIsInFlight() {
    TestCluster three = program.on(3);
    three.elect(1);
    three.settle();
    // More than one batch, so that several proposals are in flight: the first is held back, the others are refused.
    three.submit("program", "w", "\"" + "c".repeat(400) + "\"");
    three.runtime.runUntilIdle();
    three.commit();
    three.deliver(1);
    three.node(1).group.mode(TestGroup.Mode.HOLD);
    three.runtime.runUntilIdle();
    assertThat(three.node(1).group.held()).hasSizeGreaterThan(1);
    long computed = three.world.fresh();
    three.node(1).group.held().subList(1, three.node(1).group.held().size()).forEach(
        late -> late.listener().refused(ProposalResult.Reason.OVERLOADED, 1));
    three.node(1).group.mode(TestGroup.Mode.APPEND);

    three.advance(10_000);
    assertThat(three.world.fresh()).as("nobody computes").isEqualTo(computed + 1);
    assertThat(three.describe(1, "w").journal()).isEmpty();

    three.release(three.node(1).group.held().getFirst());
    three.advance(10_000);
    assertThat(three.describe(1, "w").summary().status()).isEqualTo(RunStatus.COMPLETED);
    assertThat(three.describe(1, "w").summary().checkpoints()).isEqualTo(401);
    assertThat(three.digests()).containsOnly(three.digests().getFirst());
  }

  @Test
  void aRefusedThreadIsRebuiltInTheSameTerm() {
    TestCluster three = started("calca");
    three.commit();
    three.deliver(1);
    three.node(1).group.refuse(ProposalResult.Reason.NOT_LEADER);
    three.advance(5_000);
    assertThat(three.describe(1, "w").journal()).isEmpty();

    three.node(1).group.mode(TestGroup.Mode.APPEND);
    three.advance(2_000);
    assertRight(three);
    assertThat(three.node(1).activations).containsExactly(1L);
  }

  @Test
  void aThreadWhoseProposalWasOvertakenAndRejectedIsRebuiltInTheSameTerm() {
    TestCluster three = program.on(3);
    three.elect(1);
    three.settle();
    three.submit("program", "w", "\"" + "c".repeat(300) + "\"");
    three.runtime.runUntilIdle();
    three.commit();
    three.deliver(1);
    three.node(1).group.mode(TestGroup.Mode.HOLD);
    three.runtime.runUntilIdle();
    List<TestGroup.Held> held = List.copyOf(three.node(1).group.held());
    three.node(1).group.mode(TestGroup.Mode.APPEND);

    // The second batch arrives first and is rejected; the first one is refused after it.
    three.release(held.get(1));
    three.settle();
    assertThat(three.describe(1, "w").journal()).isEmpty();
    held.getFirst().listener().refused(ProposalResult.Reason.OVERLOADED, 1);
    three.advance(2_000);

    assertThat(three.describe(1, "w").summary().checkpoints()).isEqualTo(301);
    assertThat(three.describe(1, "w").summary().status()).isEqualTo(RunStatus.COMPLETED);
    assertThat(three.node(1).activations).containsExactly(1L);
  }

  @Test
  void aThreadThatTheJournalContradictsIsStoppedAtOnceAndRebuilt() {
    TestCluster three = started("la");
    three.world.block();
    three.settle();
    assertThat(three.engine(1).status().effectsInFlight()).isEqualTo(1);

    // It cannot be while all rules hold; the thread does not rely on that.
    long run = three.describe(1, "w").summary().run();
    Outcome outcome = new Outcome.EffectDone("alo", 1, new Result.Value(new byte[] {'7'}));
    List<ByteString> outcomes = List.of(ByteString.copyFrom(OutcomeCodec.encode(outcome)));
    three.node(1).group.propose(
        CommandCodec.encode(new Command.Checkpoint(0, run, KeyLayout.slot("w"), Branch.MAIN, new By(1, 99), 0, 1, outcomes)),
        ProposalListener.IGNORE);
    three.settle();
    assertThat(three.engine(1).status().effectsInFlight()).isZero();

    three.world.unblock();
    three.advance(2_000);
    assertRight(three);
    assertThat(ProgramWorkflow.result(three, 1, "w")).isEqualTo("\"7 \"");
  }

  @Test
  void overloadDelaysARunningWorkflowAndNeverFailsIt() {
    TestCluster three = started("calma");
    three.commit();
    three.deliver(1);
    three.node(1).group.refuse(ProposalResult.Reason.OVERLOADED);
    three.advance(30_000);
    int proposals = three.node(1).group.proposals();
    assertThat(proposals).as("tries again at a bounded rate").isBetween(3, 100);
    assertThat(three.describe(1, "w").summary().status()).isEqualTo(RunStatus.RUNNING);

    three.node(1).group.mode(TestGroup.Mode.APPEND);
    three.advance(5_000);
    assertRight(three);
    assertThat(ProgramWorkflow.result(three, 1, "w")).doesNotContain(ProgramWorkflow.UNKNOWN);
  }

  @Test
  void whatTheLeaderWasTooBusyForIsSentAgainAndNothingOvertakesIt() {
    AtomicInteger threads = new AtomicInteger();
    TestCluster one =
        TestCluster.of(
            1,
            WorkflowType.of(
                "w",
                1,
                String.class,
                Integer.class,
                (context, input) -> {
                  threads.incrementAndGet();
                  ReplicatedVar<Integer> n = context.replicated("n", Integer.class, 0);
                  n.set(1);
                  cluster.get().runtime.block();
                  n.set(2);
                  context.commit();
                  return n.get();
                }));
    cluster.set(one);
    one.elect(1);
    one.settle();
    one.submit("w", "w", "\"\"");
    one.commit();
    one.deliver(1);
    one.node(1).group.refuse(ProposalResult.Reason.OVERLOADED);
    one.runtime.runUntilIdle();
    one.runLater();
    one.runtime.wakeAll();
    one.advance(3_000);
    assertThat(one.describe(1, "w").journal()).isEmpty();

    one.node(1).group.mode(TestGroup.Mode.APPEND);
    one.advance(3_000);
    assertThat(one.describe(1, "w").result()).isEqualTo("2");
    assertThat(threads).hasValue(1);
  }

  @Test
  void aLostProposalIsMadeGoodByTheNextLeader() {
    TestCluster three = started("cacal");
    three.commit();
    three.deliver(1);
    three.node(1).group.mode(TestGroup.Mode.LOSE);
    three.advance(30_000);
    assertThat(three.describe(1, "w").journal()).isEmpty();

    three.elect(3);
    three.settle();
    assertRight(three);
  }

  // -------------------------------------------------------------------------------- attempts and outcomes

  private TestCluster running(WorkflowType<String, String> type) {
    TestCluster three = TestCluster.of(3, type);
    cluster.set(three);
    three.elect(1);
    three.settle();
    three.submit(type.name(), "w", "\"in\"");
    return three;
  }

  private static WorkflowType<String, String> effect(
      RetryPolicy retry, Delivery delivery, io.raftoral.workflow.EffectBody<String> body) {
    return WorkflowType.of(
        "effect",
        1,
        String.class,
        String.class,
        (context, input) -> {
          try {
            return context
                .sideEffect("e", String.class, body)
                .withRetry(retry)
                .withDelivery(delivery)
                .withTimeout(Duration.ofSeconds(10))
                .call();
          } catch (OutcomeUnknownException unknown) {
            return "unknown";
          } catch (SideEffectFailedException failed) {
            return failed.failureType();
          }
        });
  }

  private static RetryPolicy attempts(int most) {
    return RetryPolicy.exponential(most, Duration.ofSeconds(1));
  }

  @Test
  void attemptsAndBackoffAreDurableAndSurviveFailover() {
    TestCluster three =
        running(
            effect(
                attempts(4),
                Delivery.AT_LEAST_ONCE,
                context -> {
                  cluster.get().world.call(context);
                  if (context.attempt() < 4) {
                    throw new IOException("attempt " + context.attempt());
                  }
                  return "attempt " + context.attempt();
                }));
    three.settle();
    assertThat(three.world.calls()).hasSize(1);
    three.advance(999);
    assertThat(three.world.calls()).hasSize(1);
    three.advance(1);
    assertThat(three.world.calls()).hasSize(2);

    // The second wait is two seconds; half of it passes before the leader dies.
    three.advance(1_000);
    three.crash(1);
    three.elect(2);
    three.settle();
    three.advance(999);
    assertThat(three.world.calls()).hasSize(2);
    three.advance(1);
    assertThat(three.world.calls()).hasSize(3);
    three.advance(4_000);

    assertThat(three.describe(2, "w").result()).isEqualTo("\"attempt 4\"");
    assertThat(three.world.calls()).extracting(call -> call.context().attempt()).containsExactly(1, 2, 3, 4);
    assertThat(three.world.calls()).extracting(call -> call.context().idempotencyKey()).doesNotHaveDuplicates();
  }

  @Test
  void anExceptionThatIsNotRetryableIsTheOutcomeAtOnceSubclassesIncluded() {
    TestCluster three =
        running(
            effect(
                attempts(5).notOn(List.of(IOException.class)),
                Delivery.AT_LEAST_ONCE,
                context -> {
                  cluster.get().world.call(context);
                  throw new ConnectException("no");
                }));
    three.advance(60_000);

    assertThat(three.world.calls()).hasSize(1);
    for (int node = 1; node <= 3; node++) {
      assertThat(three.describe(node, "w").result()).isEqualTo("\"java.net.ConnectException\"");
    }
  }

  @Test
  void anEffectThatMayRunAtMostOnceIsTriedAgainOnlyIfItProvablyDidNotHappen() {
    io.raftoral.workflow.EffectBody<String> body =
        context -> {
          cluster.get().world.call(context);
          if (context.attempt() < 3) {
            throw new ConnectException("refused");
          }
          throw new IOException("broken pipe");
        };
    TestCluster three =
        running(
            effect(attempts(9).notExecutedOn(List.of(ConnectException.class)), Delivery.AT_MOST_ONCE, body));
    three.advance(60_000);
    assertThat(three.world.calls()).hasSize(3);
    assertThat(three.describe(3, "w").result()).isEqualTo("\"java.io.IOException\"");

    three = running(effect(attempts(9), Delivery.AT_MOST_ONCE, body));
    three.advance(60_000);
    assertThat(three.world.calls()).hasSize(1);
  }

  @Test
  void aTimeoutIsAFailureThatIsRetriedUnlessTheEffectMayRunAtMostOnce() {
    io.raftoral.workflow.EffectBody<String> body =
        context -> {
          cluster.get().world.call(context);
          return "late";
        };
    TestCluster three = TestCluster.of(3, effect(attempts(2), Delivery.AT_LEAST_ONCE, body));
    cluster.set(three);
    three.world.block();
    three.elect(1);
    three.settle();
    three.submit("effect", "w", "\"in\"");
    three.advance(60_000);
    assertThat(three.world.calls()).hasSize(2);
    assertThat(three.describe(2, "w").result()).isEqualTo("\"" + TimeoutException.class.getName() + "\"");

    three = TestCluster.of(3, effect(attempts(2), Delivery.AT_MOST_ONCE, body));
    cluster.set(three);
    three.world.block();
    three.elect(1);
    three.settle();
    three.submit("effect", "w", "\"in\"");
    three.advance(60_000);
    assertThat(three.world.calls()).hasSize(1);
    assertThat(three.describe(2, "w").result()).isEqualTo("\"unknown\"");
  }

  @Test
  void theContextTellsTheWorldWhoCalls() {
    TestCluster three =
        running(
            effect(
                RetryPolicy.NONE,
                Delivery.AT_LEAST_ONCE,
                context -> {
                  cluster.get().world.call(context);
                  return "ok";
                }));
    three.settle();
    long run = three.describe(1, "w").summary().run();

    assertThat(three.world.calls()).hasSize(1);
    assertThat(three.world.calls().getFirst().context())
        .isEqualTo(new EffectContext("w", "e", 1, "test/w/" + run + "/1", "test/w/" + run + "/1", 1, "n1"));
  }
}
