package io.raftoral.simulation.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.simulation.plan.SimPlan;
import io.raftoral.simulation.trace.ColumnTrace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RegressionsTest {

  static Stream<String> names() {
    return Regressions.plans().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("names")
  void planThatOnceFailedHolds(String name) {
    SimPlan plan = Objects.requireNonNull(Regressions.plans().get(name));
    RunResult result = Simulation.run(plan);
    assertThat(result.violation()).as(() -> ColumnTrace.render(result.trace(), plan.allNodes())).isNull();
    assertThat(result.counts().elections()).isPositive();
  }

  @Test
  void everyPlanFileIsInTheIndex() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/main/resources/regressions"))) {
      assertThat(files.map(file -> file.getFileName().toString()).filter(name -> name.endsWith(".json")))
          .containsExactlyInAnyOrderElementsOf(Regressions.plans().keySet());
    }
  }
}
