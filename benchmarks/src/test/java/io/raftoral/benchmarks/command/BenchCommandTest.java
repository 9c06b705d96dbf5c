package io.raftoral.benchmarks.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every benchmark, very short: that it measures something, says it, and leaves nothing behind. Not how fast it is. */
@NullMarked
class BenchCommandTest {
  @TempDir private Path temporary;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int bench(String... args) throws IOException {
    Path directory = temporary.resolve("nodes");
    Files.createDirectories(directory);
    List<String> all = new ArrayList<>(List.of(args));
    if (!all.isEmpty()) {
      all.addAll(1, List.of("--dir", directory.toString(), "--json", json().toString()));
    }
    int code =
        new CommandLine(new BenchCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(all.toArray(String[]::new));
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).as("what is left of the nodes").isEmpty();
    }
    return code;
  }

  private Path json() {
    return temporary.resolve("figures.jsonl");
  }

  private List<JsonNode> figures() throws IOException {
    return Files.readAllLines(json()).stream().map(JsonMapper.shared()::readTree).toList();
  }

  @Test
  void checkpointsAreCommittedByAllNodesAndCounted() throws IOException {
    int code = bench("checkpoints", "--outstanding", "4,64", "--seconds", "1", "--warm", "1", "--prewarm", "0");
    assertThat(code).as(err.toString()).isZero();
    assertThat(figures()).extracting(each -> each.path("outstanding").asInt()).containsExactly(4, 64);
    for (JsonNode each : figures()) {
      assertThat(each.path("ops_per_s").asDouble()).isPositive();
      assertThat(each.path("p99_us").asDouble()).isGreaterThanOrEqualTo(each.path("p50_us").asDouble());
      // Three nodes write every value to their logs.
      assertThat(each.path("log_bytes_per_op").asDouble()).isGreaterThan(3 * 256);
      assertThat(each.path("ops_per_entry").asDouble()).isGreaterThanOrEqualTo(1);
      assertThat(each.path("machine").path("cores").asInt()).isPositive();
    }
    assertThat(out.toString()).contains("ops/s", "synced, map: heap");
  }

  @Test
  void checkpointsGoThroughSeveralGroupsAndTheStateStore() throws IOException {
    int code =
        bench("checkpoints", "--outstanding", "32", "--seconds", "1", "--warm", "1", "--prewarm", "0", "--groups", "3",
            "--state", "rocksdb", "--durable", "false");
    assertThat(code).as(err.toString()).isZero();
    assertThat(figures()).singleElement().satisfies(each -> assertThat(each.path("ops_per_s").asDouble()).isPositive());
    assertThat(out.toString()).contains("NOT synced");
  }

  @Test
  void workflowsRunToTheirEnd() throws IOException {
    int code = bench("workflows", "--concurrent", "4", "--kind", "mixed", "--steps", "20", "--seconds", "1", "--warm", "1");
    assertThat(code).as(err.toString()).isZero();
    assertThat(figures())
        .singleElement()
        .satisfies(
            each -> {
              assertThat(each.path("steps_per_s").asDouble()).isPositive();
              assertThat(each.path("checkpoints_applied").asLong()).isPositive();
            });
  }

  @Test
  void failoverTakesNoLessThanItMust() throws IOException {
    int code =
        bench("failover", "--history", "10", "--open", "2", "--kills", "1", "--election-timeout-ms", "300");
    assertThat(code).as(err.toString()).isZero();
    // The lease of the killed leader has to run out; sooner would be wrong.
    assertThat(figures())
        .singleElement()
        .satisfies(each -> assertThat(each.path("min_ms").asLong()).isGreaterThan(100));
  }

  @Test
  void memoryOfOpenWorkflowsIsMeasured() throws IOException {
    assertThat(bench("memory", "--open", "200")).as(err.toString()).isZero();
    assertThat(figures())
        .singleElement()
        .satisfies(each -> assertThat(each.path("cold_start_ms").asLong()).isPositive());
  }

  @Test
  void wrongUsageIsSaidAndNothingRuns() throws IOException {
    assertThat(bench()).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(bench("checkpoints", "--outstanding", "0")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(bench("checkpoints", "--state", "paper")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(bench("failover", "--nodes", "2")).isEqualTo(CommandLine.ExitCode.USAGE);
    assertThat(err.toString())
        .contains("Say which benchmark", "--outstanding is from 1", "--state is heap or rocksdb", "--nodes is from 3");
  }
}
