package io.raftoral.benchmarks.command;

import io.raftoral.benchmarks.cluster.EngineCluster;
import io.raftoral.benchmarks.cluster.StepWorkflows;
import io.raftoral.benchmarks.load.Progress;
import io.raftoral.benchmarks.load.TextTable;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How long work stands still when the leader dies. */
@Command(
    name = "failover",
    mixinStandardHelpOptions = true,
    description = "Kills the leader again and again under load, and takes the time until another node applies a checkpoint.")
final class FailoverCommand implements Callable<Integer> {
  private static final int VALUE_BYTES = 256;
  private static final String RUN = EngineCluster.TRACKED + "run";

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--history",
      split = ",",
      defaultValue = "10,1000,40000",
      description = "Checkpoints of the workflow that carries on, one series for each (default: ${DEFAULT-VALUE}).")
  private List<Integer> histories = List.of();

  @Option(
      names = "--open",
      split = ",",
      defaultValue = "1,1000",
      description = "Open workflows besides, which sleep, one series for each (default: ${DEFAULT-VALUE}).")
  private List<Integer> open = List.of();

  @Option(names = "--kills", defaultValue = "20", description = "In each series (default: ${DEFAULT-VALUE}).")
  private int kills;

  @Option(
      names = "--election-timeout-ms",
      defaultValue = "500",
      description = "A follower campaigns after once to twice this (default: ${DEFAULT-VALUE}).")
  private int electionTimeoutMs;

  @Override
  public Integer call() throws IOException, InterruptedException {
    common.checked("--nodes", common.nodes(), 3, 9);
    common.checked("--kills", kills, 1, 10_000);
    common.checked("--election-timeout-ms", electionTimeoutMs, 100, 60_000);
    histories.forEach(each -> common.checked("--history", each, 1, 45_000));
    open.forEach(each -> common.checked("--open", each, 0, 100_000));
    common.introduce(
        "Time from killing the leader to the next checkpoint, " + common.nodes() + " nodes in one JVM, election timeout "
            + electionTimeoutMs + " ms, " + kills + " kills a series");
    TextTable table = new TextTable(8, "history", "open", "min ms", "p50 ms", "p99 ms", "max ms", "p50 - timeout");
    common.print(table.header());
    for (int each : histories) {
      series(table, each, open.getFirst());
    }
    for (int each : open.subList(1, open.size())) {
      series(table, histories.getFirst(), each);
    }
    common.print("");
    common.print("A follower notices after one to two election timeouts without a heartbeat, drawn at random.");
    return 0;
  }

  private void series(TextTable table, int history, int sleepers) throws IOException, InterruptedException {
    Progress progress = common.progress();
    StepWorkflows workflows = new StepWorkflows(VALUE_BYTES);
    Path directory = common.newDirectory();
    Histogram millis = new Histogram(TimeUnit.MINUTES.toMillis(5), 3);
    try (EngineCluster cluster =
        EngineCluster.start(common.nodes(), Duration.ofMillis(electionTimeoutMs), directory, workflows.all())) {
      progress.now("history " + history + ", " + sleepers + " open workflows: preparing");
      try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < sleepers; i++) {
          String id = "sleeper-" + i;
          clients.execute(() -> cluster.client().start(workflows.sleeper(), id, 1000));
        }
      }
      cluster.client().start(workflows.ticker(), RUN, history);
      cluster.awaitLength(RUN, history);
      for (int i = 1; i <= kills; i++) {
        progress.now("history " + history + ", " + sleepers + " open workflows: kill " + i + " of " + kills);
        EngineCluster.Kill kill = cluster.killActive();
        millis.recordValue(TimeUnit.NANOSECONDS.toMillis(cluster.awaitCheckpointNanos() - kill.nanos()));
        cluster.startNode(kill.node());
        cluster.awaitCaughtUp(kill.node());
      }
      cluster.kill();
    } finally {
      CommonOptions.remove(directory);
    }
    progress.clear();
    report(table, history, sleepers, millis);
  }

  private void report(TextTable table, int history, int sleepers, Histogram millis) throws IOException {
    common.print(
        table.row(
            CommonOptions.count(history),
            CommonOptions.count(sleepers),
            CommonOptions.count(millis.getMinValue()),
            CommonOptions.count(millis.getValueAtPercentile(50)),
            CommonOptions.count(millis.getValueAtPercentile(99)),
            CommonOptions.count(millis.getMaxValue()),
            CommonOptions.count(millis.getValueAtPercentile(50) - electionTimeoutMs)));
    common.record(
        CommonOptions.figures("failover")
            .put("nodes", common.nodes())
            .put("history", history)
            .put("open", sleepers)
            .put("kills", kills)
            .put("election_timeout_ms", electionTimeoutMs)
            .put("min_ms", millis.getMinValue())
            .put("p50_ms", millis.getValueAtPercentile(50))
            .put("p99_ms", millis.getValueAtPercentile(99))
            .put("max_ms", millis.getMaxValue()));
  }
}
