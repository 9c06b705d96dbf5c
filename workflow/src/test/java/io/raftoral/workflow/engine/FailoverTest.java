package io.raftoral.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.workflow.RunStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The active node dies, or is deposed, anywhere: the journal goes on, and the world sees no more than it may. */
class FailoverTest {
  private static final String EVERYTHING = "acalnmauctal";

  private final ProgramWorkflow program = new ProgramWorkflow();

  /** How much of what the leader has appended outlives it. */
  private enum Uncommitted {
    LOST,
    KEPT
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theLeaderMayDieAtEveryEntryOfTheLog(boolean leaderHasApplied) {
    int entries = entriesWithoutFailure();
    for (Uncommitted uncommitted : Uncommitted.values()) {
      for (int at = 1; at <= entries; at++) {
        TestCluster three = program.on(3);
        three.elect(1);
        three.settle();
        three.submit("program", "w", "\"" + EVERYTHING + "\"");
        commitOneByOne(three, at, leaderHasApplied);

        three.crash(1);
        three.elect(2, uncommitted == Uncommitted.KEPT ? three.uncommitted() : 0);
        three.settle();
        if (three.engine(2).describe("w") == null) {
          // The start itself was lost: nobody was told of it, and it is safe to repeat.
          three.submit("program", "w", "\"" + EVERYTHING + "\"");
        }
        three.advance(5_000);
        three.restart(1);
        three.settle();

        for (int node = 1; node <= 3; node++) {
          ProgramWorkflow.check(three, node, "w");
        }
        assertThat(three.digests()).as("killed at entry %s", at).containsOnly(three.digests().getFirst());
        assertThat(three.describe(3, "w").summary().checkpoints())
            .isEqualTo(ProgramWorkflow.positions(EVERYTHING));
      }
    }
  }

  private int entriesWithoutFailure() {
    TestCluster three = program.on(3);
    three.elect(1);
    three.settle();
    three.submit("program", "w", "\"" + EVERYTHING + "\"");
    int entries = commitOneByOne(three, Integer.MAX_VALUE, true);
    ProgramWorkflow.check(three, 1, "w");
    return entries;
  }

  /** Lets the leader go on one entry at a time, and time pass where it waits; returns how many entries there were. */
  private static int commitOneByOne(TestCluster cluster, int limit, boolean applyTheLast) {
    int committed = 0;
    while (committed < limit) {
      cluster.runtime.runUntilIdle();
      cluster.runLater();
      if (cluster.uncommitted() == 0) {
        long next = cluster.runtime.nextAlarmMs();
        if (next < 0) {
          break;
        }
        cluster.runtime.pass(next);
        continue;
      }
      cluster.commit(1);
      committed++;
      if (committed < limit || applyTheLast) {
        cluster.deliver(cluster.leader());
        cluster.runtime.runUntilIdle();
      }
    }
    return committed;
  }

  @Test
  void aPassiveReplicaRunsNothingAndHasTheSameState() {
    TestCluster three = program.on(3);
    three.elect(1);
    three.settle();
    three.submit("program", "w", "\"" + EVERYTHING + "\"");
    three.advance(5_000);

    assertThat(three.world.calls()).isNotEmpty().allMatch(call -> call.context().node().equals("n1"));
    assertThat(three.digests()).hasSize(3).containsOnly(three.digests().getFirst());
    assertThat(three.engine(2).status().active()).isFalse();
  }

  @Test
  void aZombieLeaderRunsAheadInVainAndIsRebuiltFromTheJournal() {
    TestCluster three = program.on(3);
    three.elect(1);
    three.settle();
    three.submit("program", "w", "\"cacaca\"");
    // It has produced everything up to the end, and nothing of it is committed.
    three.runtime.runUntilIdle();
    three.elect(2);
    // Node 2 begins where the journal ends; node 1 still believes that it leads.
    three.commit();
    three.deliver(2);
    three.runtime.runUntilIdle();
    assertThat(three.engine(1).status().active()).isTrue();
    three.settle();
    assertThat(three.engine(2).describe("w")).isNull();

    three.submit("program", "w", "\"cacaca\"");
    three.settle();
    for (int node = 1; node <= 3; node++) {
      ProgramWorkflow.check(three, node, "w");
    }
  }

  @Test
  void discardWhenDeposedNothingThatAThreadComputedInAnActivationOutlivesIt() {
    TestCluster three = program.on(3);
    three.elect(1);
    three.settle();
    three.submit("program", "w", "\"ccacta\"");
    three.runtime.runUntilIdle();
    three.commit();
    three.deliver(1);
    three.deliver(2);
    // Node 1 has computed values, which are lost with its term; then it leads again, in another one.
    three.runtime.runUntilIdle();
    assertThat(three.uncommitted()).isPositive();
    three.elect(2);
    three.tellRole(1);
    three.elect(1);
    three.settle();
    three.advance(2_000);

    for (int node = 1; node <= 3; node++) {
      ProgramWorkflow.check(three, node, "w");
    }
  }

  @Test
  void fenceAnOldCommandInANewEntryOfTheSameLeaderIsRejected() {
    TestCluster three = program.on(3);
    three.elect(1);
    three.settle();
    three.node(1).group.mode(TestGroup.Mode.APPEND);
    three.submit("program", "w", "\"caca\"");
    three.node(1).group.mode(TestGroup.Mode.HOLD);
    three.settle();
    assertThat(three.node(1).group.held()).hasSize(1);
    TestGroup.Held old = three.node(1).group.held().getFirst();

    // The command waits in a queue while node 1 is deposed, elected again, and computes everything once more.
    three.elect(2);
    three.tellRole(1);
    three.elect(1);
    three.node(1).group.mode(TestGroup.Mode.HOLD);
    three.release(old);
    three.commit();
    three.deliver(1);
    assertThat(three.describe(1, "w").journal()).isEmpty();

    three.node(1).group.mode(TestGroup.Mode.APPEND);
    three.node(1).group.held().forEach(three::release);
    three.settle();
    ProgramWorkflow.check(three, 1, "w");
    ProgramWorkflow.check(three, 3, "w");
  }

  @Test
  void activeOnlyAfterAnEntryOfTheOwnTermWasApplied() {
    TestCluster three = program.on(3);
    three.elect(1);
    three.settle();
    three.submit("program", "w", "\"lc\"");
    three.commit();
    three.deliver(1);
    three.deliver(2);

    three.elect(2);
    three.runtime.runUntilIdle();
    assertThat(three.world.calls()).isEmpty();
    assertThat(three.engine(2).status().active()).isFalse();

    three.commit();
    three.deliver(2);
    three.runtime.runUntilIdle();
    assertThat(three.world.calls()).hasSize(1);
    assertThat(three.node(2).activations).containsExactly(2L);
  }

  @Test
  void twoRoleFlipsInARowWithinOneBatchLeaveOneActivation() {
    TestCluster three = program.on(3);
    three.elect(1);
    three.settle();
    three.submit("program", "w", "\"ctctc\"");
    three.settle();
    three.elect(2);
    three.elect(1);
    three.elect(3);
    three.elect(1);
    three.settle();
    three.advance(5_000);

    assertThat(three.engine(1).status().active()).isTrue();
    assertThat(three.engine(2).status().active()).isFalse();
    for (int node = 1; node <= 3; node++) {
      ProgramWorkflow.check(three, node, "w");
    }
  }

  @Test
  void anEffectInFlightOnADeposedLeaderIsInterruptedAndItsLateOutcomeIsNotRecorded() {
    TestCluster three = program.on(3);
    three.elect(1);
    three.settle();
    three.submit("program", "w", "\"cala\"");
    three.world.block();
    three.settle();
    assertThat(three.world.calls("alo")).hasSize(1);
    assertThat(three.engine(1).status().effectsInFlight()).isEqualTo(1);

    three.elect(2);
    three.settle();
    assertThat(three.engine(1).status().effectsInFlight()).isZero();
    assertThat(three.world.interruptions()).isEqualTo(1);
    assertThat(three.world.calls("alo")).hasSize(2);
    assertThat(three.world.calls("alo").get(0).context().idempotencyKey())
        .isEqualTo(three.world.calls("alo").get(1).context().idempotencyKey());
    assertThat(three.world.calls("alo").get(0).context().fencingToken())
        .isLessThan(three.world.calls("alo").get(1).context().fencingToken());

    three.world.unblock();
    three.settle();
    for (int node = 1; node <= 3; node++) {
      ProgramWorkflow.check(three, node, "w");
    }
  }

  @Test
  void outputCommitAnAnswerLeavesOnlyAfterTheEndIsCommitted() {
    TestCluster three = program.on(3);
    three.elect(1);
    three.settle();
    var started = three.start("program", "w", "\"c\"");
    var end = three.engine(1).awaitEnd("w");
    three.runtime.runUntilIdle();
    assertThat(started).isNotDone();

    three.commit();
    three.deliver(1);
    three.runtime.runUntilIdle();
    assertThat(started).isCompleted();
    assertThat(end).isNotDone();
    assertThat(three.describe(1, "w").summary().status()).isEqualTo(RunStatus.RUNNING);

    three.settle();
    assertThat(end).isCompletedWithValueMatching(ended -> ended.status() == RunStatus.COMPLETED);
  }
}
