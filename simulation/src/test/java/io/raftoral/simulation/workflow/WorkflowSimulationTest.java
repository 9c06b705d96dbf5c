package io.raftoral.simulation.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.simulation.plan.PlanGenerator;
import io.raftoral.simulation.plan.Profile;
import io.raftoral.simulation.plan.SimPlan;
import io.raftoral.simulation.plan.Workload;
import io.raftoral.simulation.run.RunResult;
import io.raftoral.simulation.run.Simulation;
import io.raftoral.simulation.trace.Trace;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkflowSimulationTest {
  private static SimPlan plan(long seed) {
    return PlanGenerator.generate(seed, Profile.WORKFLOW, 3);
  }

  @Test
  void workflowsOfACalmClusterEndAndNoEffectIsCutShort() {
    SimPlan calm = SimPlan.calm(1, 3, 20_000);
    SimPlan plan =
        calm.withKnobs(plan(1).knobs()).withWorkload(Workload.DEFAULT.withWorkflows(20));
    RunResult result = Simulation.run(plan);
    assertThat(result.violation()).isNull();
    assertThat(result.counts().workflows()).isEqualTo(20);
    assertThat(result.counts().effects()).isPositive();
    assertThat(result.counts().checkpoints()).isGreaterThan(20);
    assertThat(result.counts().cutEffects()).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void workflowsSurviveTheFaultsOfTheirProfile(long seed) {
    RunResult result = Simulation.run(plan(seed));
    assertThat(result.violation()).isNull();
    assertThat(result.counts().workflows()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void theKindOfThreadsMakesNoDifferenceToWhatHappens(long seed) {
    assertThat(ScheduledThreads.available()).as("tests run with --add-opens java.base/java.lang=ALL-UNNAMED").isTrue();
    RunResult scheduled = Simulation.run(plan(seed), StrandThreads.Kind.SCHEDULED);
    RunResult handedOver = Simulation.run(plan(seed), StrandThreads.Kind.HANDED_OVER);
    assertThat(handedOver.counts()).isEqualTo(scheduled.counts());
    assertThat(handedOver.hash()).isEqualTo(scheduled.hash());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void runsGoOnUnderTheirVersionWhileNodesAreUpgradedAndNewOnesTakeTheNext(long seed) {
    RunResult result = Simulation.run(PlanGenerator.generate(seed, Profile.UPGRADE, 3), Trace.full());
    assertThat(result.violation()).isNull();
    List<String> ends =
        result.trace().stream().map(line -> String.valueOf(line.subject())).filter(s -> s.contains("has ended")).toList();
    assertThat(ends).anyMatch(end -> end.contains("of version 1 ")).anyMatch(end -> end.contains("of version 2 "));
  }

  @Test
  void workflowRunsAreRepeatable() {
    assertThat(Simulation.run(plan(21)).hash()).isEqualTo(Simulation.run(plan(21), Trace.full()).hash());
  }
}
