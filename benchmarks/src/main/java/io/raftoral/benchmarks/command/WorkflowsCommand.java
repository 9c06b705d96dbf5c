package io.raftoral.benchmarks.command;

import io.raftoral.benchmarks.cluster.EngineCluster;
import io.raftoral.benchmarks.cluster.StepWorkflows;
import io.raftoral.benchmarks.load.ClosedLoop;
import io.raftoral.benchmarks.load.Progress;
import io.raftoral.benchmarks.load.TextTable;
import io.raftoral.workflow.RaftoralClient;
import io.raftoral.workflow.WorkflowType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Steps of workflows that run at the same time. */
@Command(
    name = "workflows",
    mixinStandardHelpOptions = true,
    description = "Workflows of 100 checkpoints each, started, run to their end and awaited by the embedded client.")
final class WorkflowsCommand implements Callable<Integer> {
  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--concurrent",
      split = ",",
      defaultValue = "1,16,256,1024,10000",
      description = "Workflows at a time, one run for each (default: ${DEFAULT-VALUE}).")
  private List<Integer> concurrent = List.of();

  @Option(
      names = "--kind",
      split = ",",
      defaultValue = "assign,effect,mixed",
      description = "What a step is: assign (a replicated variable), effect (a side effect's outcome), mixed"
          + " (3 assignments, 1 effect) (default: ${DEFAULT-VALUE}).")
  private List<String> kinds = List.of();

  @Option(names = "--steps", defaultValue = "100", description = "Of each workflow (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(names = "--value-bytes", defaultValue = "256", description = "Size of a value (default: ${DEFAULT-VALUE}).")
  private int valueBytes;

  @Option(names = "--seconds", defaultValue = "10", description = "Measured, for each run (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(names = "--warm", defaultValue = "8", description = "Seconds of load before each (default: ${DEFAULT-VALUE}).")
  private int warmSeconds;

  private long runs;

  @Override
  public Integer call() throws IOException, InterruptedException {
    common.checked("--steps", steps, 1, 40_000);
    common.checked("--value-bytes", valueBytes, 2, 1 << 19);
    concurrent.forEach(each -> common.checked("--concurrent", each, 1, 10_000));
    List<StepWorkflows.Kind> chosen = kinds.stream().map(this::kind).toList();
    StepWorkflows workflows = new StepWorkflows(valueBytes);
    common.introduce(
        "Workflows of " + steps + " steps that checkpoint " + valueBytes + " bytes each, " + common.nodes()
            + " nodes and their client in one JVM, synced");
    TextTable table =
        new TextTable(8, "kind", "workflows", "steps/s", "p50 ms", "p99 ms", "step p50 us", "CPU us/step", "cores",
            "alloc B/step");
    common.print(table.header());
    Progress progress = common.progress();
    for (StepWorkflows.Kind kind : chosen) {
      Path directory = common.newDirectory();
      try (EngineCluster cluster =
              EngineCluster.start(common.nodes(), Duration.ofSeconds(2), directory, workflows.all());
          ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int each : concurrent) {
          progress.now(kind + ", " + each + " workflows: " + (warmSeconds + seconds) + " s");
          long before = cluster.activeCheckpoints();
          ClosedLoop.Outcome outcome = measure(cluster.client(), workflows.type(kind), each, clients);
          progress.clear();
          report(table, kind, each, outcome, cluster.activeCheckpoints() - before);
        }
      } finally {
        CommonOptions.remove(directory);
      }
    }
    common.print("");
    common.print("p50 and p99 are of whole workflows, from start to result at the client.");
    return 0;
  }

  private StepWorkflows.Kind kind(String name) {
    for (StepWorkflows.Kind kind : StepWorkflows.Kind.values()) {
      if (kind.name().equals(name.toUpperCase(Locale.ROOT))) {
        return kind;
      }
    }
    throw common.usage("--kind is assign, effect or mixed, but is " + name);
  }

  private ClosedLoop.Outcome measure(
      RaftoralClient client, WorkflowType<Integer, Integer> type, int each, ExecutorService clients)
      throws InterruptedException {
    long first = runs;
    ClosedLoop loop =
        new ClosedLoop(
            each,
            (number, self) ->
                clients.execute(
                    () -> {
                      client.start(type, "run-" + (first + number), steps).result();
                      self.completed(number);
                    }));
    ClosedLoop.Outcome outcome = loop.run(warmSeconds, seconds);
    runs += loop.begun();
    return outcome;
  }

  private void report(
      TextTable table, StepWorkflows.Kind kind, int each, ClosedLoop.Outcome outcome, long checkpoints)
      throws IOException {
    long done = outcome.operations() * steps;
    double perSecond = outcome.perSecond() * steps;
    String name = kind.name().toLowerCase(Locale.ROOT);
    common.print(
        table.row(
            name,
            CommonOptions.count(each),
            CommonOptions.count(perSecond),
            CommonOptions.tenths(outcome.micros(50) / 1e3),
            CommonOptions.tenths(outcome.micros(99) / 1e3),
            CommonOptions.tenths(outcome.micros(50) / steps),
            CommonOptions.tenths(outcome.usage().cpuMicrosEach(done)),
            CommonOptions.tenths(outcome.usage().cores()),
            CommonOptions.count(outcome.usage().bytesEach(done))));
    common.record(
        CommonOptions.figures("workflows")
            .put("nodes", common.nodes())
            .put("kind", name)
            .put("concurrent", each)
            .put("steps", steps)
            .put("value_bytes", valueBytes)
            .put("steps_per_s", perSecond)
            .put("workflow_p50_us", outcome.micros(50))
            .put("workflow_p99_us", outcome.micros(99))
            .put("cpu_us_per_step", outcome.usage().cpuMicrosEach(done))
            .put("cores_used", outcome.usage().cores())
            .put("alloc_bytes_per_step", outcome.usage().bytesEach(done))
            .put("checkpoints_applied", checkpoints)
            .put("secs", outcome.usage().seconds()));
  }
}
