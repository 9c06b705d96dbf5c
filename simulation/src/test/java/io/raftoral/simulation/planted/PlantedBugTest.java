package io.raftoral.simulation.planted;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PlantedBugTest {

  private static byte[] classFile(String name) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(PlantedBugTest.class.getResourceAsStream("/" + name.replace('.', '/') + ".class"))) {
      return in.readAllBytes();
    }
  }

  @ParameterizedTest
  @EnumSource(PlantedBug.class)
  void everyPatchStillApplies(PlantedBug bug) throws IOException {
    for (Patch patch : bug.patches()) {
      byte[] original = classFile(patch.className());
      assertThat(patch.apply(original)).isNotEqualTo(original);
    }
  }

  @Test
  void patchThatChangesNothingIsAnError() {
    Patch patch = new Patch.Returns("io.raftoral.raft.log.RaftLog", "noSuchMethod", 0);
    assertThatThrownBy(() -> patch.apply(classFile(patch.className()))).hasMessageContaining("no longer applies");
  }

  @Test
  void promiseBeforeItIsDurableIsFound() {
    PlantedSearch.Found found = PlantedSearch.search(PlantedBug.PROMISE_BEFORE_DURABLE, 20);
    assertThat(found.invariant()).isEqualTo("I7_DURABLE_FIRST");
  }

  @Test
  void plantedBugsStayOutsideOfTheProductionClasses() {
    PlantedSearch.search(PlantedBug.PROMISE_BEFORE_DURABLE, 1);
    assertThat(new PlantedSearch.Searcher().apply("swarm", 1L)).isEmpty();
  }
}
