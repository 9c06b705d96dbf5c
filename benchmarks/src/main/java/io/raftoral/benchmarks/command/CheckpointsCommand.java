package io.raftoral.benchmarks.command;

import io.raftoral.benchmarks.cluster.MapCluster;
import io.raftoral.benchmarks.load.ClosedLoop;
import io.raftoral.benchmarks.load.Progress;
import io.raftoral.benchmarks.load.TextTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Raw replicated assignments: what the nodes under the workflow engine can do. */
@Command(
    name = "checkpoints",
    mixinStandardHelpOptions = true,
    description = "Replicated assignments of values to 100 000 keys, proposed at the leader, from proposal until applied.")
final class CheckpointsCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--outstanding",
      split = ",",
      defaultValue = "1,16,256,1024",
      description = "Assignments under way at a time, one run for each (default: ${DEFAULT-VALUE}).")
  private List<Integer> outstanding = List.of();

  @Option(names = "--value-bytes", defaultValue = "256", description = "Size of a value (default: ${DEFAULT-VALUE}).")
  private int valueBytes;

  @Option(names = "--seconds", defaultValue = "10", description = "Measured, for each run (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(names = "--warm", defaultValue = "5", description = "Seconds of load before each (default: ${DEFAULT-VALUE}).")
  private int warmSeconds;

  @Option(
      names = "--prewarm",
      defaultValue = "10",
      description = "Seconds of load before all, so that the JVM has compiled (default: ${DEFAULT-VALUE}).")
  private int prewarmSeconds;

  @Option(
      names = "--durable",
      arity = "1",
      defaultValue = "true",
      description = "false: the log is not synced, and what it acknowledges can be lost (default: ${DEFAULT-VALUE}).")
  private boolean durable;

  @Option(
      names = "--state",
      defaultValue = "heap",
      description = "heap: each node keeps the map on its heap and writes it out now and then; rocksdb: in its state"
          + " store (default: ${DEFAULT-VALUE}).")
  private String state = "heap";

  @Option(names = "--groups", defaultValue = "1", description = "Raft groups that share the load (default: 1).")
  private int groups;

  @Override
  public Integer call() throws IOException, InterruptedException {
    int nodes = common.nodes();
    common.checked("--value-bytes", valueBytes, Long.BYTES, 1 << 20);
    common.checked("--groups", groups, 1, 256);
    common.checked("--seconds", seconds, 1, 86_400);
    if (!state.equals("heap") && !state.equals("rocksdb")) {
      throw common.usage("--state is heap or rocksdb, but is " + state);
    }
    outstanding.forEach(each -> common.checked("--outstanding", each, 1, 32_768));
    Progress progress = common.progress();
    common.introduce(
        "Assignments of " + valueBytes + " bytes, " + nodes + " nodes and their client in one JVM, "
            + (durable ? "synced" : "NOT synced") + ", map: " + state + ", groups: " + groups);
    TextTable table =
        new TextTable(8, "outst.", "ops/s", "p50 us", "p99 us", "p99.9 us", "max ms", "CPU us/op", "cores", "alloc B/op",
            "ops/entry", "ops/fsync", "log B/op", "refused");
    common.print(table.header());
    Path directory = common.newDirectory();
    try (MapCluster cluster = MapCluster.start(
            new MapCluster.Options(nodes, groups, durable, state.equals("rocksdb"), valueBytes), directory)) {
      if (prewarmSeconds > 0) {
        progress.now("warming up for " + prewarmSeconds + " s");
        cluster.run(Math.min(256, outstanding.stream().mapToInt(Integer::intValue).max().orElse(1)), prewarmSeconds, 0.1);
      }
      for (int each : outstanding) {
        progress.now(each + " outstanding: " + (warmSeconds + seconds) + " s");
        MapCluster.Work before = cluster.work();
        ClosedLoop.Outcome outcome = cluster.run(each, warmSeconds, seconds);
        MapCluster.Work work = cluster.work().since(before);
        progress.clear();
        report(table, each, outcome, work);
      }
    } finally {
      CommonOptions.remove(directory);
    }
    common.print("");
    common.print("ops/entry: assignments that share a log entry; ops/fsync: for each sync of one node's log.");
    return 0;
  }

  private void report(TextTable table, int each, ClosedLoop.Outcome outcome, MapCluster.Work work) throws IOException {
    long ops = outcome.operations();
    double perEntry = (double) work.commands() / Math.max(1, work.entries());
    double perSync = (double) work.commands() * common.nodes() / Math.max(1, work.syncs());
    double logBytes = (double) work.logBytes() / Math.max(1, work.commands());
    common.print(
        table.row(
            String.valueOf(each),
            CommonOptions.count(outcome.perSecond()),
            CommonOptions.count(outcome.micros(50)),
            CommonOptions.count(outcome.micros(99)),
            CommonOptions.count(outcome.micros(99.9)),
            CommonOptions.tenths(outcome.micros(100) / 1e3),
            CommonOptions.tenths(outcome.usage().cpuMicrosEach(ops)),
            CommonOptions.tenths(outcome.usage().cores()),
            CommonOptions.count(outcome.usage().bytesEach(ops)),
            CommonOptions.tenths(perEntry),
            durable ? CommonOptions.tenths(perSync) : "-",
            CommonOptions.count(logBytes),
            CommonOptions.count(outcome.refused())));
    common.record(
        CommonOptions.figures("checkpoints")
            .put("nodes", common.nodes())
            .put("groups", groups)
            .put("durable", durable)
            .put("state", state)
            .put("value_bytes", valueBytes)
            .put("outstanding", each)
            .put("ops_per_s", outcome.perSecond())
            .put("p50_us", outcome.micros(50))
            .put("p99_us", outcome.micros(99))
            .put("p999_us", outcome.micros(99.9))
            .put("max_us", outcome.micros(100))
            .put("cpu_us_per_op", outcome.usage().cpuMicrosEach(ops))
            .put("cores_used", outcome.usage().cores())
            .put("alloc_bytes_per_op", outcome.usage().bytesEach(ops))
            .put("gc_ms", outcome.usage().gcMillis())
            .put("ops_per_entry", perEntry)
            .put("ops_per_fsync", perSync)
            .put("log_bytes_per_op", logBytes)
            .put("refused", outcome.refused())
            .put("secs", outcome.usage().seconds()));
  }
}
