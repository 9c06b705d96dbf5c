package io.raftoral.simulation.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PlanTest {

  @Test
  void plansOfAllProfilesSurviveJson() {
    for (Profile profile : Profile.values()) {
      for (long seed = 0; seed < 50; seed++) {
        SimPlan plan = PlanGenerator.generate(seed, profile, 0);
        assertThat(PlanJson.read(PlanJson.write(plan))).isEqualTo(plan);
      }
    }
  }

  @Test
  void seedAndProfileDetermineThePlan() {
    assertThat(PlanGenerator.generate(7, Profile.SWARM, 5)).isEqualTo(PlanGenerator.generate(7, Profile.SWARM, 5));
    assertThat(PlanGenerator.generate(7, Profile.SWARM, 5)).isNotEqualTo(PlanGenerator.generate(8, Profile.SWARM, 5));
  }

  @Test
  void unknownFieldsAndFormatsAreRefused() {
    String text = PlanJson.write(SimPlan.calm(1, 3, 1_000));
    assertThatThrownBy(() -> PlanJson.read(text.replace("\"seed\"", "\"sead\"")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sead");
    assertThatThrownBy(() -> PlanJson.read(text.replace("\"format\" : 1", "\"format\" : 2")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("format 2");
    assertThatThrownBy(() -> PlanJson.read("no json")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void faultsAreSortedByTime() {
    SimPlan plan = SimPlan.calm(1, 3, 1_000).withFaults(
        List.of(new Fault.PowerCut(500, 1), new Fault.Transfer(100, Target.LEADER)));
    assertThat(plan.faults()).extracting(Fault::atMs).containsExactly(100L, 500L);
  }

  @Test
  void targetsReadAsTheyAreWritten() {
    for (Target target : List.of(Target.LEADER, Target.LONGEST_LOG, Target.SHORTEST_LOG, Target.node(4))) {
      assertThat(Target.parse(target.toString())).isEqualTo(target);
    }
    assertThatThrownBy(() -> Target.parse("somebody")).isInstanceOf(IllegalArgumentException.class);
  }

  private static SimPlan planWithFaults(int count) {
    List<Fault> faults = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      faults.add(new Fault.Crash(100L * i, Target.node(1 + i % 3), 1_234, false));
    }
    return SimPlan.calm(1, 5, 10_000).withFaults(faults);
  }

  @Test
  void shrinkingFindsTheTwoFaultsThatMatter() {
    SimPlan plan = planWithFaults(40);
    SimPlan small =
        new PlanShrinker(
                candidate ->
                    candidate.faults().stream().anyMatch(fault -> fault.atMs() == 700)
                        && candidate.faults().stream().anyMatch(fault -> fault.atMs() == 2_300),
                400)
            .shrink(plan, 10_000);
    assertThat(small.faults()).extracting(Fault::atMs).containsExactly(700L, 2_300L);
    assertThat(small.faults()).extracting(Fault::durationMs).containsOnly(0L);
    assertThat(small.nodes()).isEqualTo(3);
    assertThat(small.workload().clients()).isEqualTo(1);
    assertThat(small.workload().operations()).isEqualTo(1);
  }

  @Test
  void shrinkingCutsWhatComesAfterTheViolation() {
    SimPlan small = new PlanShrinker(candidate -> true, 1).shrink(planWithFaults(40), 1_000);
    assertThat(small.faults()).allMatch(fault -> fault.atMs() <= 1_000);
    assertThat(small.faultMs()).isEqualTo(1_001);
  }

  @Test
  void shrinkingKeepsThePlanIfNothingSmallerFails() {
    SimPlan plan = planWithFaults(5);
    assertThat(new PlanShrinker(candidate -> false, 400).shrink(plan, 50)).isEqualTo(plan);
  }

  @Test
  void shrinkingStaysWithinItsBudget() {
    AtomicInteger runs = new AtomicInteger();
    new PlanShrinker(candidate -> runs.incrementAndGet() % 2 == 0, 25).shrink(planWithFaults(60), 10_000);
    assertThat(runs.get()).isLessThanOrEqualTo(25);
  }
}
