package io.raftoral.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.workflow.RunFilter;
import io.raftoral.workflow.RunSummary;
import java.util.LinkedHashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Runs that are over are removed after a while, on every node alike. */
class RetentionTest {
  private static final long RETENTION_MS = 10_000;

  private final ProgramWorkflow program = new ProgramWorkflow();

  private TestCluster three() {
    TestCluster three = program.on(TestCluster.of(3, config -> config.withRetentionMs(RETENTION_MS), program.type));
    three.elect(1);
    three.settle();
    return three;
  }

  private static void alike(TestCluster three) {
    assertThat(three.digests()).hasSize(3).containsOnly(three.digests().getFirst());
  }

  @Test
  void aRunThatIsOverForLongEnoughIsRemovedWithAllThatBelongsToIt() {
    TestCluster three = three();
    String empty = three.engine(1).stateDigest().sha256();
    three.submit("program", "w", "\"catnl\"");
    three.advance(ProgramWorkflow.SLEEP.toMillis());
    three.submit("program", "open", "\"" + "t".repeat(60) + "\"");
    three.advance(RETENTION_MS / 2);
    assertThat(three.describe(2, "w").summary().status().ended()).isTrue();

    three.advance(RETENTION_MS);
    for (int node = 1; node <= 3; node++) {
      assertThat(three.engine(node).describe("w")).isNull();
      assertThat(three.engine(node).status().endedRuns()).isZero();
      assertThat(three.engine(node).list(RunFilter.ALL).runs())
          .extracting(RunSummary::workflowId)
          .containsExactly("open");
    }
    alike(three);

    three.advance(60 * ProgramWorkflow.SLEEP.toMillis() + 2 * RETENTION_MS);
    assertThat(three.engine(1).status().openRuns()).isZero();
    assertThat(three.engine(1).stateDigest().sha256()).isNotEqualTo(empty);
    assertThat(three.engine(1).list(RunFilter.ALL).runs()).isEmpty();
    alike(three);
  }

  @Test
  void anIdIsFreeOnceItsRunIsRemoved() throws Exception {
    TestCluster three = three();
    three.submit("program", "w", "\"a\"");
    three.settle();
    long first = three.describe(1, "w").summary().run();
    three.advance(2 * RETENTION_MS);

    var again = three.start("program", "w", "\"c\"");
    three.settle();
    assertThat(again.get().created()).isTrue();
    assertThat(again.get().run()).isGreaterThan(first);
    alike(three);
  }

  @Test
  void moreThanASliceIsRemovedSliceBySlice() {
    TestCluster three = three();
    for (int i = 0; i < 600; i++) {
      three.submit("program", "w" + i, "\"a\"");
    }
    three.settle();
    assertThat(three.engine(1).status().endedRuns()).isEqualTo(600);
    Set<Long> left = new LinkedHashSet<>();
    for (int i = 0; i < 300; i++) {
      left.add(three.engine(1).status().endedRuns());
      three.advance(50);
    }
    assertThat(left).containsExactly(600L, 344L, 88L, 0L);
    alike(three);
  }

  @Test
  void aNewLeaderGoesOnRemoving() {
    TestCluster three = three();
    three.submit("program", "w", "\"a\"");
    three.settle();
    three.crash(1);
    three.elect(2);
    three.advance(2 * RETENTION_MS);

    assertThat(three.engine(3).describe("w")).isNull();
  }
}
