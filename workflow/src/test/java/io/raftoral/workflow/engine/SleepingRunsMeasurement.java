package io.raftoral.workflow.engine;

import static org.awaitility.Awaitility.await;

import io.raftoral.storage.rocksdb.RocksStateStore;
import io.raftoral.storage.rocksdb.StateStoreOptions;
import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.run.PassivationSettings;
import io.raftoral.workflow.engine.run.RunLimits;
import io.raftoral.workflow.engine.runtime.VirtualThreadRuntime;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;

/**
 * What workflows that sleep cost one engine: heap, disk and the time to open it again. Not a test: run {@code main} with
 * the number of runs, and with {@code -Xmx300m}.
 */
public final class SleepingRunsMeasurement {
  private static final int STARTS_UNDER_WAY = 2_000;
  private static final RunLimits LIMITS = new RunLimits(1 << 20, 50_000, 10_000_000, 10_000);

  private SleepingRunsMeasurement() {}

  /** A subscription that waits for the next month. */
  private static final WorkflowType<String, String> SUBSCRIPTION =
      WorkflowType.of(
          "subscription",
          1,
          String.class,
          String.class,
          (context, customer) -> {
            var months = context.replicated("months", Integer.class, 0);
            while (true) {
              months.set(months.get() + 1);
              context.sleep(Duration.ofDays(30));
            }
          });

  /** Measures with as many runs as the first argument says. */
  public static void main(String[] args) throws Exception {
    int runs = args.length == 0 ? 200_000 : Integer.parseInt(args[0]);
    Path directory = Files.createTempDirectory("sleeping-runs");
    EngineConfig config =
        EngineConfig.of("m", "n1", 1).withLimits(LIMITS).withPassivation(new PassivationSettings(500, 60_000));
    long began = System.nanoTime();
    try (RocksStateStore store = RocksStateStore.open(directory, StateStoreOptions.DEFAULTS);
        VirtualThreadRuntime runtime = new VirtualThreadRuntime("n1")) {
      WorkflowEngine engine = new WorkflowEngine(config, List.of(SUBSCRIPTION), store, runtime, NodeListener.NONE);
      try (SingleNodeLog _ = new SingleNodeLog(engine, 1)) {
        start(engine, runs);
        System.out.printf("%,d runs started in %.1f s%n", runs, seconds(began));
        awaitThat(() -> engine.status().asleepRuns() >= runs);
        System.out.printf("all asleep after %.1f s, %d in memory%n", seconds(began), engine.status().awakeRuns());
        heap("heap with all of them asleep");
        engine.close();
      }
      store.flush();
    }
    System.out.printf("%,d MiB on disk%n", size(directory) >> 20);
    reopen(directory, config);
  }

  private static void reopen(Path directory, EngineConfig config) throws Exception {
    long opening = System.nanoTime();
    try (RocksStateStore store = RocksStateStore.open(directory, StateStoreOptions.DEFAULTS);
        VirtualThreadRuntime runtime = new VirtualThreadRuntime("n1")) {
      System.out.printf("store opened in %.0f ms%n", 1_000 * seconds(opening));
      long from = System.nanoTime();
      WorkflowEngine engine = new WorkflowEngine(config, List.of(SUBSCRIPTION), store, runtime, NodeListener.NONE);
      try (SingleNodeLog _ = new SingleNodeLog(engine, 2)) {
        awaitThat(() -> engine.status().active());
        System.out.printf(
            "engine opened and active in %.0f ms, with %,d runs, %d in memory%n",
            1_000 * seconds(from), engine.status().openRuns(), engine.status().awakeRuns());
        heap("heap after opening");
        engine.close();
      }
    }
  }

  private static void start(WorkflowEngine engine, int runs) throws InterruptedException {
    awaitThat(() -> engine.status().active());
    Semaphore room = new Semaphore(STARTS_UNDER_WAY);
    for (int i = 0; i < runs; i++) {
      room.acquire();
      // Threads of runs that do not sleep yet are what takes memory here.
      if (engine.status().awakeRuns() > 50_000) {
        awaitThat(() -> engine.status().awakeRuns() <= 50_000);
      }
      byte[] input = ("\"customer-" + i + "\"").getBytes(StandardCharsets.UTF_8);
      var _ =
          engine.start("subscription", 0, "subscription-" + i, input)
              .whenComplete((started, failed) -> room.release());
    }
    room.acquire(STARTS_UNDER_WAY);
  }

  private static void awaitThat(Callable<Boolean> condition) {
    await().pollInterval(Duration.ofMillis(1)).atMost(Duration.ofHours(1)).until(condition);
  }

  private static void heap(String what) {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    System.out.printf("%s: %,d MiB%n", what, used >> 20);
  }

  private static long size(Path directory) throws IOException {
    try (var files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }

  private static double seconds(long sinceNanos) {
    return (System.nanoTime() - sinceNanos) / 1e9;
  }
}
