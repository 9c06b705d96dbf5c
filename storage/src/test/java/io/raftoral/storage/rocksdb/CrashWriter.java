package io.raftoral.storage.rocksdb;

import io.raftoral.raft.driver.GroupLog;
import io.raftoral.raft.driver.LogStore;
import io.raftoral.raft.driver.LogWrite;
import io.raftoral.storage.DataDirectory;
import io.raftoral.storage.Identity;
import io.raftoral.storage.LogModel;
import io.raftoral.storage.StateStore;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/**
 * The victim of {@link ProcessCrashTest}: a process that writes until it is killed, and says what was acknowledged.
 *
 * <p>Prints {@code A n} when operation n on the log was acknowledged, {@code F n} when n state batches were flushed.
 */
final class CrashWriter {
  static final int MAX_OUTSTANDING = 32;
  static final int BATCHES_BETWEEN_FLUSHES = 20;
  static final Identity IDENTITY = new Identity("crash", "n1", 1, new TreeMap<>(Map.of("n1", 1L)));
  static final LogStoreOptions LOG_OPTIONS =
      LogStoreOptions.DEFAULTS.withWriteBufferBytes(256 << 10).withMaxWalBytes(1 << 20).withTailCacheBytes(50_000);
  static final StateStoreOptions STATE_OPTIONS =
      StateStoreOptions.DEFAULTS.withWriteBufferBytes(256 << 10);
  static final byte[] APPLIED = {0};

  private CrashWriter() {}

  /** Directory, seed, operations done before, state batches written before. */
  public static void main(String[] args) throws InterruptedException {
    PrintStream out = System.out;
    long seed = Long.parseLong(args[1]);
    LogModel model = new LogModel(1, seed);
    while (model.operations() < Long.parseLong(args[2])) {
      model.next();
    }
    long batches = Long.parseLong(args[3]);
    DataDirectory directory = DataDirectory.open(Path.of(args[0]), IDENTITY);
    RocksLogStore store = RocksLogStore.open(directory.logPath(), LOG_OPTIONS);
    RocksStateStore state = RocksStateStore.open(directory.statePath(), STATE_OPTIONS);
    GroupLog log = store.open(1);
    Semaphore outstanding = new Semaphore(MAX_OUTSTANDING);
    ConcurrentLinkedQueue<LogWrite> acknowledged = new ConcurrentLinkedQueue<>();
    while (true) {
      LogModel.Operation operation = model.next();
      long number = model.operations();
      switch (operation) {
        case LogModel.Operation.Compact compact -> {
          outstanding.acquire(MAX_OUTSTANDING);
          drain(acknowledged, log);
          outstanding.release(MAX_OUTSTANDING);
          store.compact(1, compact.index());
        }
        case LogModel.Operation.Write write -> {
          outstanding.acquire();
          drain(acknowledged, log);
          store.write(List.of(write.write()), new Answering(write.write(), number, outstanding, acknowledged, out));
        }
      }
      batches++;
      StateStore.Batch batch = state.newBatch();
      batch.put(key(batches), value(batches));
      batch.delete(key(batches - 500));
      batch.put(APPLIED, ByteBuffer.allocate(8).putLong(batches).array());
      state.write(batch);
      if (batches % BATCHES_BETWEEN_FLUSHES == 0) {
        state.flush();
        out.println("F " + batches);
      }
    }
  }

  private static void drain(ConcurrentLinkedQueue<LogWrite> acknowledged, GroupLog log) {
    for (LogWrite write = acknowledged.poll(); write != null; write = acknowledged.poll()) {
      log.persisted(write);
    }
  }

  static byte[] key(long number) {
    return ByteBuffer.allocate(9).put((byte) 1).putLong(number).array();
  }

  static byte[] value(long number) {
    byte[] value = new byte[200];
    new Random(number).nextBytes(value);
    return value;
  }

  private record Answering(
      LogWrite write, long number, Semaphore outstanding, ConcurrentLinkedQueue<LogWrite> acknowledged, PrintStream out)
      implements LogStore.Completion {
    @Override
    public void written() {
      acknowledged.add(write);
      // A commit index that was not synced may be lost with the process: it is only a hint.
      if (write.sync()) {
        out.println("A " + number);
      }
      outstanding.release();
    }

    @Override
    public void failed(Throwable cause) {
      cause.printStackTrace();
      Runtime.getRuntime().halt(3);
    }
  }
}
