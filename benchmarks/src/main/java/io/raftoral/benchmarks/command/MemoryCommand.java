package io.raftoral.benchmarks.command;

import io.raftoral.benchmarks.cluster.EngineCluster;
import io.raftoral.benchmarks.cluster.StepWorkflows;
import io.raftoral.benchmarks.load.Progress;
import io.raftoral.benchmarks.load.TextTable;
import io.raftoral.workflow.RaftoralClient;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What open workflows cost in heap, and what starting again with them costs in time. */
@Command(
    name = "memory",
    mixinStandardHelpOptions = true,
    description = "Heap and disk for each open workflow that sleeps, and the time a cold start takes with all of them.")
final class MemoryCommand implements Callable<Integer> {
  private static final int VALUE_BYTES = 256;
  private static final int STARTS_AT_A_TIME = 512;
  private static final int COLLECTIONS = 3;

  @Mixin private CommonOptions common = new CommonOptions();

  @Option(
      names = "--open",
      split = ",",
      defaultValue = "1000,10000",
      description = "Open workflows, one run for each (default: ${DEFAULT-VALUE}).")
  private List<Integer> open = List.of();

  @Override
  public Integer call() throws IOException, InterruptedException {
    open.forEach(each -> common.checked("--open", each, 1, 1_000_000));
    int nodes = common.nodes();
    common.introduce("Open workflows that sleep for a month, " + nodes + " nodes in one JVM");
    TextTable table =
        new TextTable(9, "open", "heap B each", "disk B each", "starts/s", "cold start ms");
    common.print(table.header());
    for (int each : open) {
      measure(table, nodes, each);
    }
    common.print("");
    common.print("Heap and disk are for one workflow on one node; a cold start ends when a node is active again.");
    return 0;
  }

  private void measure(TextTable table, int nodes, int count) throws IOException, InterruptedException {
    Progress progress = common.progress();
    StepWorkflows workflows = new StepWorkflows(VALUE_BYTES);
    Path directory = common.newDirectory();
    try {
      long heapEach;
      double startsPerSecond;
      try (EngineCluster cluster =
          EngineCluster.start(nodes, Duration.ofSeconds(2), directory, workflows.all())) {
        cluster.client().start(workflows.sleeper(), "first", 720);
        long before = usedHeap();
        progress.now("starting " + count + " workflows");
        long begun = System.nanoTime();
        startAll(cluster.client(), workflows, count);
        startsPerSecond = count * 1e9 / (System.nanoTime() - begun);
        progress.now(count + " workflows: waiting for every node");
        for (int i = 1; i <= nodes; i++) {
          cluster.awaitCaughtUp("n" + i);
        }
        heapEach = (usedHeap() - before) / ((long) nodes * count);
      }
      long diskEach = size(directory) / ((long) nodes * count);
      progress.now(count + " workflows: cold start");
      long stopped = System.nanoTime();
      long coldStartMs;
      try (EngineCluster cluster =
          EngineCluster.start(nodes, Duration.ofSeconds(2), directory, workflows.all())) {
        cluster.awaitActive();
        coldStartMs = (System.nanoTime() - stopped) / 1_000_000;
      }
      progress.clear();
      common.print(
          table.row(
              CommonOptions.count(count),
              CommonOptions.count(heapEach),
              CommonOptions.count(diskEach),
              CommonOptions.count(startsPerSecond),
              CommonOptions.count(coldStartMs)));
      common.record(
          CommonOptions.figures("memory")
              .put("nodes", nodes)
              .put("open", count)
              .put("heap_bytes_each", heapEach)
              .put("disk_bytes_each", diskEach)
              .put("starts_per_s", startsPerSecond)
              .put("cold_start_ms", coldStartMs));
    } finally {
      CommonOptions.remove(directory);
    }
  }

  private static void startAll(RaftoralClient client, StepWorkflows workflows, int count) throws InterruptedException {
    Semaphore slots = new Semaphore(STARTS_AT_A_TIME);
    try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < count; i++) {
        String id = "sleeper-" + i;
        slots.acquire();
        clients.execute(
            () -> {
              try {
                client.start(workflows.sleeper(), id, 720);
              } finally {
                slots.release();
              }
            });
      }
    }
  }

  private static long usedHeap() {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < COLLECTIONS; i++) {
      memory.gc();
      least = Math.min(least, memory.getHeapMemoryUsage().getUsed());
    }
    return least;
  }

  private static long size(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      long bytes = 0;
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    }
  }
}
