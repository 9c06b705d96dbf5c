package io.raftoral.benchmarks.storage;

import io.raftoral.storage.StateStore.Batch;
import io.raftoral.storage.rocksdb.RocksStateStore;
import io.raftoral.storage.rocksdb.StateStoreOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
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
 * Writes batches of journal-like records with the applied index, as the applier does: not synced. The time is that of one
 * batch. Keys are spread over workflows, and old ones are deleted, so that the store stays at a size.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = "--enable-native-access=ALL-UNNAMED")
@Threads(1)
public class StateApplyBenchmark {
  private static final int VALUE_BYTES = 256;
  private static final int WORKFLOWS = 1_000;
  private static final long RECORDS_KEPT = 200_000;
  private static final byte[] APPLIED = {0};

  /** Records in a batch. */
  @Param({"1", "16", "64", "256", "1024"})
  public int batch;

  private Path directory = Path.of("");
  private @Nullable RocksStateStore store;
  private long record;

  /** An empty store. */
  @Setup(Level.Trial)
  public void open() throws IOException {
    directory = Directories.create();
    store = RocksStateStore.open(directory.resolve("state"), StateStoreOptions.DEFAULTS);
    record = 0;
  }

  /** Nothing is left behind. */
  @TearDown(Level.Trial)
  public void close() throws IOException {
    store().close();
    Directories.delete(directory);
  }

  /** One batch. */
  @Benchmark
  public long apply() {
    RocksStateStore open = store();
    Batch changes = open.newBatch();
    for (int i = 0; i < batch; i++) {
      record++;
      changes.put(key(record), new byte[VALUE_BYTES]);
      if (record > RECORDS_KEPT) {
        changes.delete(key(record - RECORDS_KEPT));
      }
    }
    changes.put(APPLIED, ByteBuffer.allocate(Long.BYTES).putLong(record).array());
    open.write(changes);
    return record;
  }

  private static byte[] key(long record) {
    return ByteBuffer.allocate(24).putLong(1).putLong(record % WORKFLOWS).putLong(record).array();
  }

  private RocksStateStore store() {
    RocksStateStore open = store;
    if (open == null) {
      throw new IllegalStateException("not set up");
    }
    return open;
  }
}
