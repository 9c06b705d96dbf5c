package io.raftoral.storage.table;

import io.raftoral.storage.StateStore;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** New content for a range, gathered in one batch: for stores that are in memory anyway. */
public final class BatchReplacement implements StateStore.Replacement {
  private final StateStore store;
  private final byte[] from;
  private final byte[] to;
  private final StateStore.Batch batch;
  private byte @Nullable [] last;

  /** New content for {@code [from, to)} of {@code store}, put in place by one batch of that store. */
  public BatchReplacement(StateStore store, byte[] from, byte[] to) {
    this.store = store;
    this.from = from.clone();
    this.to = to.clone();
    this.batch = store.newBatch();
    batch.deleteRange(from, to);
  }

  @Override
  public void put(byte[] key, byte[] value) {
    requireNext(key, last, from, to);
    batch.put(key.clone(), value.clone());
    last = key.clone();
  }

  @Override
  public void install() {
    store.write(batch);
    store.flush();
  }

  @Override
  public void close() {}

  /** Checks that {@code key} is in the range and comes after {@code last}. */
  static void requireNext(byte[] key, byte @Nullable [] last, byte[] from, byte[] to) {
    if (Arrays.compareUnsigned(key, from) < 0 || Arrays.compareUnsigned(key, to) >= 0) {
      throw new IllegalArgumentException("a key is outside of the range that is replaced");
    }
    if (last != null && Arrays.compareUnsigned(key, last) <= 0) {
      throw new IllegalArgumentException("a key does not come after the one before it");
    }
  }
}
