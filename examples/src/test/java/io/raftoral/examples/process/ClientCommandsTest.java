package io.raftoral.examples.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.examples.process.CommandLineClient.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the client commands say to a cluster of three processes, and how they end. */
@Timeout(120)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClientCommandsTest {
  private Path directory;
  private LedgerServer ledger;
  private ProcessCluster cluster;

  @BeforeAll
  void startCluster(@TempDir Path temporary) throws Exception {
    directory = temporary;
    ledger = LedgerServer.start();
    cluster = new ProcessCluster(directory, ledger.url());
    cluster.start(ProcessCluster.NAMES);
    cluster.awaitLeader();
  }

  @AfterAll
  void stopCluster() {
    cluster.close();
    ledger.close();
  }

  @Test
  void anOrderIsFulfilledAndItsStoryCanBeRead() {
    String order = "{\"id\": \"17\", \"customer\": \"Žofie\", \"item\": \"Tee\", \"amountCents\": 5, \"declines\": 2}";

    assertThat(run("workflow", "start", "order-fulfilment", "bestellung/17", "--input", order).out())
        .isEqualTo("bestellung/17 is started\n");
    JsonNode result = run("workflow", "result", "bestellung/17", "--json").json();
    assertThat(result.path("status").stringValue()).isEqualTo("COMPLETED");
    assertThat(result.path("result").path("status").stringValue()).isEqualTo("shipped");

    assertThat(run("workflow", "describe", "bestellung/17").out())
        .contains("order-fulfilment, version 1", "completed", "Žofie", "charge-payment", "PaymentDeclinedException");
    assertThat(ledger.calls())
        .filteredOn(call -> call.step().equals("charge-payment"))
        .extracting(call -> call.attempt())
        .contains(1, 2, 3);
  }

  @Test
  void theRetryLoopOfTheOriginalProgramRuns() {
    run("workflow", "start", "retry-loop", "retry-1", "--input",
        "{\"url\": \"http://api\", \"failures\": 3, \"maxRetries\": 5, \"backoffMs\": 10}");

    JsonNode result = run("workflow", "result", "retry-1", "--json").json().path("result");
    assertThat(result.path("retryCount").intValue()).isEqualTo(3);
    assertThat(result.path("result").stringValue()).isEqualTo("answer of http://api after 3 failures");
    JsonNode run = run("workflow", "describe", "retry-1", "--json").json();
    assertThat(run.path("variables").path("retry_count").intValue()).isEqualTo(3);
  }

  @Test
  void aStartIsIdempotent() {
    String[] start = {"workflow", "start", "sleeper", "sleeper-1", "--input", "{\"millis\": 1}", "--json"};

    assertThat(run(start).out()).isEqualTo("{\"workflow\":\"sleeper-1\",\"type\":\"sleeper\",\"started\":true}\n");
    assertThat(run(start).out()).isEqualTo("{\"workflow\":\"sleeper-1\",\"type\":\"sleeper\",\"started\":true}\n");
    assertRefused("ID_IN_USE", "workflow", "start", "sleeper", "sleeper-1", "--input", "{\"millis\": 2}");
  }

  @Test
  void listsAreFilteredAndPaged() {
    for (int i = 0; i < 5; i++) {
      run("workflow", "start", "counter", "listed-" + i, "--input", "{\"steps\": 1, \"pauseMs\": 0}");
      run("workflow", "result", "listed-" + i);
    }

    JsonNode page =
        run("workflow", "list", "--type", "counter", "--status", "COMPLETED", "--limit", "3", "--json").json();
    assertThat(page.path("runs").size()).isEqualTo(3);
    JsonNode rest =
        run("workflow", "list", "--type", "counter", "--json", "--page-token",
                page.path("nextPageToken").stringValue())
            .json();
    // Other tests run counters too.
    List<String> ids = new ArrayList<>();
    for (JsonNode each : List.of(page, rest)) {
      each.path("runs").forEach(run -> ids.add(run.path("workflow").stringValue()));
    }
    assertThat(ids).doesNotHaveDuplicates().contains("listed-0", "listed-1", "listed-2", "listed-3", "listed-4");
    assertThat(rest.path("nextPageToken").stringValue()).isEmpty();
    assertThat(run("workflow", "list", "--type", "counter").out()).contains("listed-4", "completed");
  }

  @Test
  void aHistoryIsTextForPeopleAndAnObjectALineForPrograms() {
    run("workflow", "start", "counter", "told", "--input", "{\"steps\": 2, \"pauseMs\": 1}");
    run("workflow", "result", "told");

    assertThat(run("workflow", "history", "told").out().lines())
        .allMatch(line -> line.matches("\\d+  .*Z  term \\d+  .*"))
        .last()
        .asString()
        .contains("completed");
    List<String> lines = run("workflow", "history", "told", "--json", "--limit", "2").out().lines().toList();
    assertThat(lines).hasSize(2).first().asString().contains("\"position\":1,").startsWith("{").endsWith("}");
  }

  @Test
  void whatEachNodeDoesAboutARunIsShown() {
    run("workflow", "start", "sleeper", "followed", "--input", "{\"millis\": 30000}");

    JsonNode replicas = run("workflow", "replicas", "followed", "--json").json().path("replicas");
    assertThat(replicas.valueStream().map(replica -> replica.path("node").stringValue()))
        .containsExactlyElementsOf(ProcessCluster.NAMES);
    assertThat(run("workflow", "replicas", "followed").out()).contains("n1", "n2", "n3", "active", "shadow");
    assertThat(run("workflow", "retry", "followed").out()).contains("active");
    assertRefused("UNKNOWN_WORKFLOW", "workflow", "replicas", "nobody");
  }

  @Test
  void runsAreFoundByTimeAndVariable() {
    run("workflow", "start", "retry-loop", "found", "--input",
        "{\"url\": \"http://api\", \"failures\": 2, \"maxRetries\": 5, \"backoffMs\": 1}");
    run("workflow", "result", "found");

    assertThat(run("workflow", "list", "--where", "retry_count=2", "--since", "10m").out()).contains("found");
    assertThat(run("workflow", "list", "--where", "retry_count=77").out()).isEqualTo("no runs\n");
    assertThat(run("workflow", "list", "--until", "2020-01-01T00:00:00Z").out()).isEqualTo("no runs\n");
    assertThat(cluster.client().run("workflow", "list", "--since", "soon").exitCode()).isEqualTo(2);
  }

  @Test
  void theStatusHasEveryNode() {
    JsonNode status = cluster.awaitEqualDigests();

    assertThat(status.path("cluster").stringValue()).isEqualTo("raftoral");
    assertThat(status.path("leader").stringValue()).isIn(ProcessCluster.NAMES);
    assertThat(status.path("term").longValue()).isPositive();
    assertThat(status.path("nodes").valueStream().map(node -> node.path("node").stringValue()))
        .containsExactlyElementsOf(ProcessCluster.NAMES);
    for (JsonNode node : status.path("nodes")) {
      assertThat(node.path("commitIndex").longValue()).isPositive();
      assertThat(node.path("appliedIndex").longValue()).isPositive();
      assertThat(node.path("stateDigest").stringValue()).matches("[0-9a-f]{64}");
    }
    assertThat(run("cluster", "status").out()).contains("n1", "n2", "n3", "leader", "follower");
  }

  @Test
  void refusalsHaveAnExitCodeAndAReason() {
    assertRefused("UNKNOWN_WORKFLOW", "workflow", "describe", "nobody");
    assertRefused("UNKNOWN_WORKFLOW", "workflow", "result", "nobody");
    assertRefused("UNKNOWN_TYPE", "workflow", "start", "no-such-type", "x", "--input", "1");
  }

  @Test
  void aRunThatFailedIsNoSuccess() {
    run("workflow", "start", "sleeper", "failing", "--input", "{\"millis\": -1}");

    Result result = cluster.client().run("workflow", "result", "failing", "--json");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.json().path("error").stringValue()).isEqualTo("failed");
    assertThat(result.json().path("failureType").stringValue()).isNotEmpty();
  }

  @Test
  void aResultThatDoesNotComeInTimeIsUnknown() {
    run("workflow", "start", "sleeper", "long", "--input", "{\"millis\": 3600000}");

    Result result = cluster.client().run("workflow", "result", "long", "--timeout", "500ms");

    assertThat(result.exitCode()).isEqualTo(4);
    assertThat(result.err().lines()).hasSize(1);
  }

  @Test
  void aPortInUseAndAForeignOrLockedDirectoryAreOneLineEach() throws Exception {
    Path other = Files.createDirectory(directory.resolve("other"));
    try (NodeProcess port = NodeProcess.start("n1", other, cluster.address("n1"), cluster.peers());
        NodeProcess locked =
            NodeProcess.start("n1", directory, "127.0.0.1:0", cluster.peers())) {
      for (NodeProcess process : List.of(port, locked)) {
        assertThat(process.awaitExit()).isEqualTo(2);
        assertThat(process.output().lines().filter(line -> line.startsWith("raftoral: "))).hasSize(1);
        assertThat(process.output()).doesNotContain("\tat ", "Exception");
      }
    }
  }

  /** The last one: afterwards a node is gone. */
  @Test
  @Order(Integer.MAX_VALUE)
  void aNodeStopsCleanlyWhenItIsTold() throws Exception {
    String leader = cluster.awaitLeader();

    int exitCode = cluster.process(leader).terminate();

    assertThat(exitCode).as("128 + SIGTERM").isEqualTo(143);
    assertThat(cluster.process(leader).output()).contains("stopping", "stopped").doesNotContain("\tat ");
    run("workflow", "start", "sleeper", "after-" + leader, "--input", "{\"millis\": 1}");
    run("workflow", "result", "after-" + leader);
    assertThat(run("cluster", "status").out()).contains("unreachable");
  }

  private Result run(String... args) {
    Result result = cluster.client().run(args);
    assertThat(result.exitCode()).as("%s: %s", String.join(" ", args), result.err()).isZero();
    assertThat(result.err()).isEmpty();
    return result;
  }

  private void assertRefused(String code, String... args) {
    Result result = cluster.client().run(args);
    assertThat(result.exitCode()).as(result.err()).isEqualTo(3);
    assertThat(result.err().lines()).hasSize(1);
    String[] withJson = Arrays.copyOf(args, args.length + 1);
    withJson[args.length] = "--json";
    assertThat(cluster.client().run(withJson).json().path("code").stringValue()).isEqualTo(code);
  }
}
