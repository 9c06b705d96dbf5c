package io.raftoral.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.raft.ProposalResult;
import io.raftoral.workflow.engine.run.PassivationSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random programs under random faults: elections, zombies, crashes, snapshots, and proposals that are held back,
 * refused or lost. Whatever happens, the rules hold at the end and every run has ended. A failure names its seed; the
 * same seed gives the same run.
 */
class RandomFaultsTest {
  private static final int SEEDS = 400;
  private static final int STEPS = 120;
  private static final String OPERATIONS = "aaacclmnut";

  private final ProgramWorkflow program = new ProgramWorkflow();

  @Test
  void theRulesHoldUnderRandomFaults() {
    for (int seed = 1; seed <= SEEDS; seed++) {
      // In every other, whatever waits for a timer gives its threads up at once.
      run(seed, seed % 2 == 0 ? new PassivationSettings(0, 1) : PassivationSettings.DEFAULT);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theSameSeedGivesTheSameState(long seed) {
    PassivationSettings passivation = new PassivationSettings(0, 1);
    assertThat(run(seed, passivation)).isEqualTo(run(seed, passivation));
  }

  private String run(long seed, PassivationSettings passivation) {
    Random random = new Random(seed);
    TestCluster cluster =
        program.on(TestCluster.of(3, config -> config.withPassivation(passivation), program.type));
    List<String> started = new ArrayList<>();
    List<TestGroup.Held> held = new ArrayList<>();
    try {
      cluster.elect(1);
      cluster.settle();
      for (int step = 0; step < STEPS; step++) {
        step(random, cluster, started, held);
      }
      heal(cluster, held);
      for (String id : started) {
        if (cluster.engine(cluster.leader()).describe(id) != null) {
          for (int node = 1; node <= 3; node++) {
            ProgramWorkflow.check(cluster, node, id);
          }
        }
      }
      assertThat(cluster.digests()).hasSize(3).containsOnly(cluster.digests().getFirst());
      for (int node = 1; node <= 3; node++) {
        assertThat(cluster.node(node).blocked).as("nobody diverged on node %s", node).isEmpty();
      }
      return cluster.digests().getFirst();
    } catch (AssertionError | RuntimeException failed) {
      throw new AssertionError("seed " + seed + ": " + failed.getMessage(), failed);
    }
  }

  private static void step(Random random, TestCluster cluster, List<String> started, List<TestGroup.Held> held) {
    int node = 1 + random.nextInt(3);
    boolean up = cluster.node(node).engine != null;
    switch (random.nextInt(16)) {
      case 0 -> {
        if (cluster.leader() != 0 && cluster.engine(cluster.leader()).status().active()) {
          String id = "w" + started.size();
          started.add(id);
          cluster.submit("program", id, "\"" + someProgram(random) + "\"");
        }
      }
      case 1 -> {
        if (up && random.nextInt(3) == 0) {
          takeHeld(cluster, held);
          cluster.elect(node, random.nextInt(cluster.uncommitted() + 1));
        }
      }
      case 2 -> cluster.tellRoleIfUp(node);
      case 3 -> {
        if (up && cluster.nodesUp() == 3 && random.nextInt(3) == 0) {
          cluster.crash(node, random.nextInt(20));
        }
      }
      case 4 -> {
        if (!up) {
          cluster.restart(node);
        }
      }
      case 5 -> cluster.node(node).group.mode(TestGroup.Mode.HOLD);
      case 6 -> {
        if (random.nextInt(4) == 0) {
          cluster.node(node).group.mode(TestGroup.Mode.LOSE);
        }
      }
      case 7 ->
          cluster
              .node(node)
              .group
              .refuse(
                  random.nextBoolean() ? ProposalResult.Reason.OVERLOADED : ProposalResult.Reason.NOT_LEADER);
      case 8, 9 -> cluster.node(node).group.mode(TestGroup.Mode.APPEND);
      case 10 -> {
        takeHeld(cluster, held);
        if (!held.isEmpty() && cluster.leader() != 0) {
          cluster.release(held.remove(random.nextInt(held.size())));
        }
      }
      case 11 -> {
        if (up && cluster.leader() != 0 && cluster.leader() != node && random.nextInt(3) == 0
            && cluster.engine(cluster.leader()).applied().index() > cluster.node(node).delivered) {
          cluster.tellRole(node);
          cluster.sendSnapshot(cluster.leader(), node);
        }
      }
      case 12 -> {
        long next = cluster.runtime.nextAlarmMs();
        if (next >= 0) {
          cluster.runtime.pass(Math.min(next, 1_000));
        }
      }
      case 13 -> cluster.node(node).group.lease(random.nextBoolean() ? Long.MIN_VALUE : null);
      default -> {
        if (cluster.leader() != 0) {
          cluster.commit(random.nextInt(cluster.uncommitted() + 1));
        }
        if (up) {
          cluster.deliver(node, 1 + random.nextInt(5));
        }
      }
    }
    if (random.nextBoolean()) {
      cluster.runtime.runUntilIdle();
    }
    if (random.nextBoolean()) {
      cluster.runLater();
    }
  }

  private static void takeHeld(TestCluster cluster, List<TestGroup.Held> held) {
    for (int node = 1; node <= 3; node++) {
      held.addAll(cluster.node(node).group.held());
      cluster.node(node).group.held().clear();
    }
  }

  private static String someProgram(Random random) {
    StringBuilder text = new StringBuilder();
    int length = 1 + random.nextInt(20);
    for (int i = 0; i < length; i++) {
      text.append(OPERATIONS.charAt(random.nextInt(OPERATIONS.length())));
    }
    return text.toString();
  }

  /** Faults end: everybody is up, a new leader is elected, which also resolves what was lost, and time passes. */
  private static void heal(TestCluster cluster, List<TestGroup.Held> held) {
    takeHeld(cluster, held);
    for (int node = 1; node <= 3; node++) {
      cluster.node(node).group.mode(TestGroup.Mode.APPEND);
      cluster.node(node).group.lease(null);
      if (cluster.node(node).engine == null) {
        cluster.restart(node);
      }
    }
    cluster.elect(1 + cluster.leader() % 3);
    held.forEach(cluster::release);
    cluster.advance(60_000);
  }
}
