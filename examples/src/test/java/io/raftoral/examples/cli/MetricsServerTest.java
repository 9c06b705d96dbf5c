package io.raftoral.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.examples.samples.SampleWorkflows;
import io.raftoral.examples.service.MemoryLedger;
import io.raftoral.workflow.Raftoral;
import io.raftoral.workflow.RaftoralNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A scrape shows what has happened on a node. */
@Timeout(60)
class MetricsServerTest {

  private static String scrape(MetricsServer metrics) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + metrics.port() + "/metrics");
      HttpResponse<String> answer = http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      return answer.body();
    }
  }

  /** The value of the one line that begins so. */
  private static double value(String scrape, String name, String... tags) {
    return scrape
        .lines()
        .filter(line -> line.startsWith(name + "{"))
        .filter(line -> Arrays.stream(tags).allMatch(line::contains))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is missing in\n" + scrape));
  }

  @Test
  void aScrapeShowsWhatHasHappened(@TempDir Path directory) throws Exception {
    var builder =
        Raftoral.node("n1").listen("127.0.0.1:0").peers("n1=127.0.0.1:0").dataDir(directory).cluster("metered");
    SampleWorkflows.all(new MemoryLedger(), Duration.ZERO).forEach(builder::register);
    try (RaftoralNode node = builder.start();
        MetricsServer metrics = MetricsServer.open("127.0.0.1:0")) {
      metrics.serve(node);
      for (int i = 0; i < 5; i++) {
        var _ = node.client().start("sleeper", "s" + i, "{\"millis\": 1}").result(Duration.ofSeconds(20));
      }
      var _ = node.client().start("sleeper", "long", "{\"millis\": 600000}");

      String scrape = scrape(metrics);
      String[] common = {"cluster=\"metered\"", "node=\"n1\""};
      assertThat(value(scrape, "raftoral_raft_role", "role=\"leader\"")).isEqualTo(1);
      assertThat(value(scrape, "raftoral_raft_role", "role=\"follower\"")).isZero();
      assertThat(value(scrape, "raftoral_raft_term", common)).isPositive();
      assertThat(value(scrape, "raftoral_raft_commit_index")).isGreaterThanOrEqualTo(10);
      assertThat(value(scrape, "raftoral_raft_commands_total")).isGreaterThanOrEqualTo(10);
      assertThat(value(scrape, "raftoral_log_syncs_total")).isPositive();
      assertThat(value(scrape, "raftoral_log_written_bytes_total")).isPositive();
      assertThat(value(scrape, "raftoral_log_sync_seconds", "quantile=\"0.99\"")).isPositive();
      assertThat(value(scrape, "raftoral_engine_runs_open")).isEqualTo(1);
      assertThat(value(scrape, "raftoral_engine_runs_ended")).isEqualTo(5);
      assertThat(value(scrape, "raftoral_transport_connections_refused_total", "cause=\"certificate\"")).isZero();
      assertThat(scrape).contains("jvm_memory_used_bytes");
    }
  }
}
