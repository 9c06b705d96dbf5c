package io.raftoral.simulation.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.simulation.plan.PlanGenerator;
import io.raftoral.simulation.plan.Profile;
import io.raftoral.simulation.plan.SimPlan;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class DeterminismTest {
  private static final List<Long> SEEDS = List.of(1L, 2L, 3L, 4L, 5L, 6L);

  private static String hash(long seed) {
    return String.format("%d %016x", seed, Simulation.run(plan(seed)).hash());
  }

  private static SimPlan plan(long seed) {
    return PlanGenerator.generate(seed, seed % 3 == 0 ? Profile.WORKFLOW : Profile.SWARM, 0);
  }

  /** Prints the hashes of the seeds; what the test runs in another JVM. */
  public static void main(String[] args) {
    SEEDS.forEach(seed -> System.out.println(hash(seed)));
  }

  @Test
  void sameSeedGivesTheSameRunInOneJvm() {
    for (long seed : SEEDS) {
      assertThat(hash(seed)).as(() -> DeterminismCheck.firstDifference(plan(seed))).isEqualTo(hash(seed));
    }
  }

  @Test
  void sameSeedGivesTheSameRunInAnotherJvmWithAnotherCollector() throws IOException, InterruptedException {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseParallelGC",
                "-XX:+UnlockExperimentalVMOptions",
                "-XX:hashCode=2",
                "-cp",
                System.getProperty("java.class.path"),
                DeterminismTest.class.getName())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<String> theirs = new ArrayList<>();
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
      lines.lines().forEach(theirs::add);
    }
    assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(theirs).containsExactlyElementsOf(SEEDS.stream().map(DeterminismTest::hash).toList());
  }

  @Test
  void otherSeedsGiveOtherRuns() {
    assertThat(SEEDS.stream().map(seed -> Simulation.run(plan(seed)).hash()).distinct()).hasSize(SEEDS.size());
  }
}
