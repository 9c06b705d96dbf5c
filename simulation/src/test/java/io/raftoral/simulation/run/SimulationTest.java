package io.raftoral.simulation.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.simulation.check.Mark;
import io.raftoral.simulation.plan.Fault;
import io.raftoral.simulation.plan.PlanGenerator;
import io.raftoral.simulation.plan.Profile;
import io.raftoral.simulation.plan.SimPlan;
import io.raftoral.simulation.plan.Target;
import io.raftoral.simulation.trace.ColumnTrace;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SimulationTest {

  private static RunResult passes(SimPlan plan) {
    RunResult result = Simulation.run(plan);
    assertThat(result.violation())
        .as(() -> plan + "\n" + ColumnTrace.render(result.trace(), plan.allNodes()))
        .isNull();
    return result;
  }

  @Test
  void threeNodesElectALeaderAndReplicateUnderMessageLoss() {
    SimPlan plan =
        SimPlan.calm(42, 3, 20_000).withFaults(List.of(new Fault.Links(0, 20_000, 0.2, 0.1, 0.1, 0, 2)));
    RunResult result = passes(plan);
    assertThat(result.counts().elections()).isPositive();
    assertThat(result.counts().operations()).isGreaterThan(200);
    assertThat(result.counts().committed()).isGreaterThan(100);
  }

  @Test
  void withoutFaultsOneLeaderStays() {
    RunResult result = passes(SimPlan.calm(7, 5, 20_000));
    assertThat(result.counts().elections()).isEqualTo(1);
    // Only what is under way when the clients are told to stop stays without an answer.
    assertThat(result.counts().unanswered()).isLessThanOrEqualTo(result.plan().workload().clients());
  }

  @Test
  void oneNodeAloneServesItsClients() {
    assertThat(passes(SimPlan.calm(3, 1, 5_000)).counts().operations()).isGreaterThan(50);
  }

  @Test
  void killedLeaderIsReplaced() {
    RunResult result =
        passes(SimPlan.calm(11, 3, 20_000).withFaults(List.of(new Fault.Crash(8_000, Target.LEADER, 5_000, true))));
    assertThat(result.counts().elections()).isGreaterThan(1);
  }

  @Test
  void powerCutOfAllNodesLosesNothingThatWasAcknowledged() {
    RunResult result = passes(SimPlan.calm(12, 3, 20_000).withFaults(
        List.of(new Fault.PowerCut(5_000, 100), new Fault.PowerCut(9_000, 100), new Fault.PowerCut(13_000, 100))));
    assertThat(result.counts().elections()).isGreaterThan(3);
  }

  @ParameterizedTest
  @EnumSource(Profile.class)
  void everyProfileHoldsOnAFewSeeds(Profile profile) {
    for (long seed = 1; seed <= 3; seed++) {
      passes(PlanGenerator.generate(seed, profile, 0));
    }
  }

  @Test
  void laggingNodeCatchesUpBySnapshot() {
    SimPlan calm = SimPlan.calm(5, 3, 40_000);
    RunResult result = passes(calm.withFaults(List.of(new Fault.Crash(1_000, Target.node(2), 38_000, true))));
    assertThat(result.marks().count(Mark.SNAPSHOT_INSTALLED)).isPositive();
  }
}
