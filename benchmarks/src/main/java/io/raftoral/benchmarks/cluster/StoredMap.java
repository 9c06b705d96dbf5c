package io.raftoral.benchmarks.cluster;

import io.raftoral.storage.StateStore;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** In the state store, as the workflow engine keeps its journals. */
final class StoredMap implements MapState {
  /** Applied bytes after which the state is made durable, so that the log may be cut. The engine's own setting. */
  private static final long FLUSH_BYTES = 32L << 20;

  private final int group;
  private final StateStore store;
  private final StateStore.Batch batch;
  private final byte[] appliedKey;
  private final ExecutorService flusher = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
  private long unflushedBytes;
  private volatile long durableIndex;

  StoredMap(int group, StateStore store) {
    this.group = group;
    this.store = store;
    batch = store.newBatch();
    appliedKey = ByteBuffer.allocate(Integer.BYTES + 1).putInt(group).put((byte) 0).array();
  }

  @Override
  public void assign(int key, byte[] command) {
    // Groups do not share keys.
    byte[] stored = ByteBuffer.allocate(2 * Integer.BYTES + 1).putInt(group).put((byte) 1).putInt(key).array();
    batch.put(stored, Arrays.copyOfRange(command, Integer.BYTES, command.length));
  }

  @Override
  public void applied(long index, long bytes) {
    batch.put(appliedKey, ByteBuffer.allocate(Long.BYTES).putLong(index).array());
    store.write(batch);
    unflushedBytes += bytes;
    if (unflushedBytes >= FLUSH_BYTES) {
      unflushedBytes = 0;
      flusher.execute(
          () -> {
            store.flush();
            durableIndex = Math.max(durableIndex, index);
          });
    }
  }

  @Override
  public long durableIndex() {
    return durableIndex;
  }

  @Override
  public void close() {
    flusher.shutdownNow();
  }
}
