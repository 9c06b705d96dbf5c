package io.raftoral.examples.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.examples.process.CommandLineClient.Result;
import io.raftoral.examples.service.EffectCall;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Counters run on three node processes while these are killed with {@code kill -9}: the leader, a follower, all three.
 * Every start that was acknowledged ends with the right result, and the ledger outside agrees with it.
 */
@Timeout(180)
class KillTest {
  // Four checkpoints a step: a description shows the newest two hundred.
  private static final int STEPS = 45;
  private static final String INPUT = "{\"steps\": " + STEPS + ", \"pauseMs\": 60}";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<String> acknowledged = new ArrayList<>();

  @Test
  void nothingAcknowledgedIsLostWhoeverIsKilled(@TempDir Path directory) throws Exception {
    try (LedgerServer ledger = LedgerServer.start();
        ProcessCluster cluster = new ProcessCluster(directory, ledger.url())) {
      cluster.start(ProcessCluster.NAMES);
      String leader = cluster.awaitLeader();
      startCounters(cluster, "first", 6);
      awaitStep(ledger, "first-0", 5);

      cluster.kill(List.of(leader));
      startCounters(cluster, "during-failover", 3);
      awaitStep(ledger, "during-failover-0", 3);
      cluster.start(List.of(leader));

      String next = cluster.awaitLeader();
      String follower = ProcessCluster.NAMES.stream().filter(name -> !name.equals(next)).findFirst().orElseThrow();
      cluster.kill(List.of(follower));
      startCounters(cluster, "without-follower", 3);
      awaitStep(ledger, "without-follower-0", 3);

      cluster.kill(ProcessCluster.NAMES);
      Map<String, Integer> before = newestSteps(ledger.calls());
      int callsBefore = ledger.calls().size();
      cluster.start(ProcessCluster.NAMES);

      for (String id : acknowledged) {
        Result result = cluster.client().run("workflow", "result", id, "--timeout", "60s", "--json");
        assertThat(result.exitCode()).as("%s: %s", id, result.err()).isZero();
        assertThat(result.json().path("result").path("count").intValue()).as(id).isEqualTo(STEPS);
      }
      everyStepRanAndItsKeyNeverChanged(ledger.calls());
      nothingBeganAnew(before, ledger.calls().subList(callsBefore, ledger.calls().size()));
      cluster.awaitEqualDigests();
      journalsHoldEachStepOnce(cluster);
    }
  }

  private void startCounters(ProcessCluster cluster, String prefix, int count) {
    for (int i = 0; i < count; i++) {
      String id = prefix + "-" + i;
      Result start = cluster.client().run("workflow", "start", "counter", id, "--input", INPUT, "--timeout", "20s");
      assertThat(start.exitCode()).as(start.err()).isZero();
      acknowledged.add(id);
    }
  }

  private static void awaitStep(LedgerServer ledger, String id, int step) {
    Awaitility.await(id + " at step " + step)
        .atMost(PATIENCE)
        .until(() -> newestSteps(ledger.calls()).getOrDefault(id, 0) >= step);
  }

  private void everyStepRanAndItsKeyNeverChanged(List<EffectCall> calls) {
    List<String> allSteps = IntStream.rangeClosed(1, STEPS).mapToObj(step -> "step-" + step).sorted().toList();
    for (String id : acknowledged) {
      Map<String, List<String>> keys =
          calls.stream()
              .filter(call -> call.workflow().equals(id))
              .collect(
                  Collectors.groupingBy(
                      EffectCall::step,
                      TreeMap::new,
                      Collectors.mapping(EffectCall::idempotencyKey, Collectors.toList())));
      assertThat(keys.keySet()).as("steps of " + id).containsExactlyElementsOf(allSteps);
      assertThat(keys).allSatisfy((step, all) -> assertThat(all.stream().distinct()).as(id + " " + step).hasSize(1));
    }
  }

  /** At most the newest step may be repeated: everything before it was checkpointed. */
  private static void nothingBeganAnew(Map<String, Integer> before, List<EffectCall> after) {
    for (EffectCall call : after) {
      assertThat(step(call))
          .as("%s of %s after the restart of all nodes", call.step(), call.workflow())
          .isGreaterThanOrEqualTo(before.getOrDefault(call.workflow(), 0));
    }
    assertThat(after).isNotEmpty();
  }

  private void journalsHoldEachStepOnce(ProcessCluster cluster) {
    for (String id : acknowledged) {
      JsonNode run = cluster.client().run("workflow", "describe", id, "--json").json();
      assertThat(run.path("status").stringValue()).isEqualTo("COMPLETED");
      assertThat(run.path("variables").path("count").intValue()).isEqualTo(STEPS);
      assertThat(
              run.path("journal")
                  .valueStream()
                  .map(checkpoint -> checkpoint.path("name").stringValue())
                  .filter(name -> name.startsWith("step-")))
          .as("steps in the journal of " + id)
          .hasSize(STEPS)
          .doesNotHaveDuplicates();
    }
  }

  private static Map<String, Integer> newestSteps(List<EffectCall> calls) {
    Map<String, Integer> newest = new TreeMap<>();
    calls.forEach(call -> newest.merge(call.workflow(), step(call), Math::max));
    return newest;
  }

  private static int step(EffectCall call) {
    return Integer.parseInt(call.step().substring("step-".length()));
  }
}
