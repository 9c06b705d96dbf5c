package io.raftoral.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.run.PassivationSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs that wait for long have no thread anywhere, and go on in time all the same. */
class PassivationTest {
  private static final long IDLE_MS = 100;
  private static final long MIN_SLEEP_MS = 500;

  /** Sleeps are of a second, so that they are long by these settings. */
  private static final PassivationSettings QUICK = new PassivationSettings(IDLE_MS, MIN_SLEEP_MS);

  private final ProgramWorkflow program = new ProgramWorkflow();

  private TestCluster started(String operations) {
    TestCluster three = program.on(TestCluster.of(3, config -> config.withPassivation(QUICK), program.type));
    three.elect(1);
    three.settle();
    three.submit("program", "w", "\"" + operations + "\"");
    return three;
  }

  private static TestCluster asleep(TestCluster three) {
    three.advance(2 * IDLE_MS);
    for (int node = 1; node <= 3; node++) {
      assertThat(three.engine(node).status().asleepRuns()).as("asleep on n%s", node).isEqualTo(1);
      assertThat(three.engine(node).status().awakeRuns()).as("in memory of n%s", node).isZero();
      assertThat(three.engine(node).status().openRuns()).isEqualTo(1);
    }
    return three;
  }

  private static void completes(TestCluster three) {
    three.advance(2 * ProgramWorkflow.SLEEP.toMillis());
    for (int node = 1; node <= 3; node++) {
      ProgramWorkflow.check(three, node, "w");
      assertThat(three.engine(node).status().asleepRuns()).isZero();
      assertThat(three.engine(node).status().openRuns()).isZero();
    }
    assertThat(three.digests()).hasSize(3).containsOnly(three.digests().getFirst());
  }

  @Test
  void aRunThatWaitsLongHasNoThreadOnAnyNodeAndGoesOnInTime() {
    TestCluster three = asleep(started("lat"));
    long deadline = three.runtime.nowMs() + ProgramWorkflow.SLEEP.toMillis() - 2 * IDLE_MS;

    three.advance(deadline - three.runtime.nowMs() - 1);
    assertThat(three.describe(1, "w").summary().status()).isEqualTo(RunStatus.RUNNING);
    // Every replica is ready before it is time.
    for (int node = 1; node <= 3; node++) {
      assertThat(three.engine(node).status().awakeRuns()).isEqualTo(1);
    }
    three.advance(1);
    assertThat(three.describe(1, "w").summary().status()).isEqualTo(RunStatus.COMPLETED);
    completes(three);
  }

  @Test
  void aRunThatWaitsForAMomentKeepsItsThread() {
    WorkflowType<String, String> nap =
        WorkflowType.of(
            "nap",
            1,
            String.class,
            String.class,
            (context, input) -> {
              context.sleep(Duration.ofMillis(MIN_SLEEP_MS));
              return input;
            });
    TestCluster three = TestCluster.of(3, config -> config.withPassivation(QUICK), nap);
    three.elect(1);
    three.settle();
    three.submit("nap", "w", "\"\"");
    three.advance(MIN_SLEEP_MS - 1);

    assertThat(three.engine(2).status().asleepRuns()).isZero();
    assertThat(three.engine(2).status().awakeRuns()).isEqualTo(1);
  }

  @Test
  void anEffectIsNotAWait() {
    TestCluster three = started("l");
    three.world.block();
    three.advance(20 * IDLE_MS);

    assertThat(three.engine(1).status().asleepRuns()).isZero();
    assertThat(three.engine(1).status().effectsInFlight()).isEqualTo(1);
  }

  @Test
  void aNewLeaderWakesWhatSleeps() {
    TestCluster three = asleep(started("latma"));
    three.elect(2);
    three.settle();
    assertThat(three.engine(2).status().awakeRuns()).isZero();

    completes(three);
    assertThat(three.world.calls()).hasSize(2);
  }

  @Test
  void whatIsOverdueWhenANodeBecomesActiveIsWokenAtOnce() {
    TestCluster three = asleep(started("lata"));
    three.crash(1);
    three.advance(10 * ProgramWorkflow.SLEEP.toMillis());
    assertThat(three.describe(2, "w").summary().status()).isEqualTo(RunStatus.RUNNING);

    three.elect(3);
    three.settle();
    assertThat(three.describe(2, "w").summary().status()).isEqualTo(RunStatus.COMPLETED);
  }

  @Test
  void aColdStartLeavesSleepingRunsAlone() {
    TestCluster three = asleep(started("latm"));
    for (int node = 1; node <= 3; node++) {
      three.engine(node).makeDurable();
    }
    three.crashAll();
    for (int node = 1; node <= 3; node++) {
      three.restart(node);
    }
    three.settle();
    for (int node = 1; node <= 3; node++) {
      assertThat(three.engine(node).status().awakeRuns()).as("in memory of n%s", node).isZero();
      assertThat(three.engine(node).status().asleepRuns()).isEqualTo(1);
    }

    three.elect(2);
    completes(three);
  }

  @Test
  void aSnapshotBringsRunsThatSleepAndTakesThreadsFromThem() {
    TestCluster three = started("lat");
    three.settle();
    three.crash(3);
    three.advance(2 * IDLE_MS);
    assertThat(three.engine(1).status().asleepRuns()).isEqualTo(1);

    three.restart(3);
    three.sendSnapshot(1, 3);
    three.settle();
    assertThat(three.engine(3).status().asleepRuns()).isEqualTo(1);
    assertThat(three.engine(3).status().awakeRuns()).isZero();
    completes(three);
  }

  @Test
  void aThreadThatIsBuiltAgainInTheSameTermIsAnother() {
    TestCluster three = asleep(started("mtmtl"));
    three.advance(ProgramWorkflow.SLEEP.toMillis());
    asleep(three);
    completes(three);

    assertThat(three.world.calls()).hasSize(3);
    assertThat(three.node(1).activations).containsExactly(1L);
  }

  @Test
  void aClockThatIsSetForwardWakesInTime() {
    TestCluster three = asleep(started("ta"));
    three.runtime.jump(10 * ProgramWorkflow.SLEEP.toMillis());
    completes(three);
  }

  @Test
  void whatARunHasDoneSinceItWasSeenWaitingKeepsItAwake() {
    TestCluster three = started("tl");
    three.world.block();
    three.settle();
    // The message that lets it sleep is held up until its time is over.
    three.node(1).group.mode(TestGroup.Mode.HOLD);
    three.advance(2 * IDLE_MS);
    assertThat(three.node(1).group.held()).isNotEmpty();
    List<TestGroup.Held> rests = List.copyOf(three.node(1).group.held());
    three.node(1).group.mode(TestGroup.Mode.APPEND);
    three.advance(ProgramWorkflow.SLEEP.toMillis());
    assertThat(three.engine(1).status().effectsInFlight()).isEqualTo(1);
    rests.forEach(three::release);
    three.settle();
    assertThat(three.engine(1).status().asleepRuns()).isZero();
    assertThat(three.engine(1).status().effectsInFlight()).isEqualTo(1);

    three.world.unblock();
    completes(three);
  }
}
