package io.raftoral.benchmarks.storage;

import io.raftoral.raft.driver.GroupLog;
import io.raftoral.raft.driver.LogStore;
import io.raftoral.raft.driver.LogWrite;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.storage.rocksdb.LogStoreOptions;
import io.raftoral.storage.rocksdb.RocksLogStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Appends 256-byte entries, synced, and waits for them: a follower's disk, or a leader's, without anything around it. The
 * log is compacted as a running node does it. The time is that of one call; a call has {@code batch} entries.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Threads(1)
public class LogAppendBenchmark {
  private static final int ENTRY_BYTES = 256;
  private static final long ENTRIES_KEPT = 20_000;
  private static final long GROUP = 1;
  private static final HardState HARD_STATE = new HardState(1, 1, 0);

  /** Entries in a call. */
  @Param({"1", "16", "64", "256", "1024"})
  public int batch;

  private Path directory = Path.of("");
  private @Nullable Open open;
  private long last;
  private long compacted;

  private record Open(RocksLogStore store, GroupLog log, Done done) {}

  private static final class Done implements LogStore.Completion {
    private final Semaphore answers = new Semaphore(0);

    @Override
    public void written() {
      answers.release();
    }

    @Override
    public void failed(Throwable cause) {
      throw new IllegalStateException(cause);
    }
  }

  /** An empty log. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    directory = Directories.create();
    RocksLogStore store = RocksLogStore.open(directory.resolve("log"), LogStoreOptions.DEFAULTS);
    open = new Open(store, store.open(GROUP), new Done());
    last = 0;
    compacted = 0;
  }

  /** Nothing is left behind. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    Open parts = parts();
    System.out.println(parts.store().stats() + ", sync p50 < " + parts.store().stats().syncMicros().quantile(0.5) + " us");
    parts.store().close();
    Directories.delete(directory);
  }

  /** One call, from handing it over to its answer. */
  @Benchmark
  public long append() throws InterruptedException {
    Open parts = parts();
    List<Entry> entries = new ArrayList<>(batch);
    for (int i = 0; i < batch; i++) {
      entries.add(new Entry.Normal(1, ++last, new byte[ENTRY_BYTES]));
    }
    LogWrite write = new LogWrite(GROUP, HARD_STATE, null, entries, true);
    parts.store().write(List.of(write), parts.done());
    parts.done().answers.acquire();
    parts.log().persisted(write);
    if (last - compacted > 2 * ENTRIES_KEPT) {
      compacted = last - ENTRIES_KEPT;
      parts.store().compact(GROUP, compacted);
    }
    return last;
  }

  private Open parts() {
    Open parts = open;
    if (parts == null) {
      throw new IllegalStateException("not set up");
    }
    return parts;
  }
}
