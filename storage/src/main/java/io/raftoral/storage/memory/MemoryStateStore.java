package io.raftoral.storage.memory;

import io.raftoral.storage.StateStore;
import io.raftoral.storage.table.TableStateStore;
import org.jspecify.annotations.Nullable;

/**
 * A state store over a {@link MemoryDisk}. Each batch is one write to the disk, made at once; {@link #flush()} is a sync.
 * So a crash of the disk opens the state at any prefix of its batches that contains the flushed ones.
 */
public final class MemoryStateStore implements StateStore {
  private final TableStateStore store;

  /** Opens what is on the disk. */
  public MemoryStateStore(MemoryDisk disk) {
    this.store = new TableStateStore(disk.attach(), "state store in memory");
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return store.get(key);
  }

  @Override
  public void write(Batch batch) {
    store.write(batch);
  }

  @Override
  public Batch newBatch() {
    return store.newBatch();
  }

  @Override
  public void scan(byte[] from, byte[] to, Visitor visitor) {
    store.scan(from, to, visitor);
  }

  @Override
  public void scanBackwards(byte[] from, byte[] to, Visitor visitor) {
    store.scanBackwards(from, to, visitor);
  }

  @Override
  public View view() {
    return store.view();
  }

  @Override
  public Replacement replace(byte[] from, byte[] to) {
    return store.replace(from, to);
  }

  @Override
  public void flush() {
    store.flush();
  }

  @Override
  public void close() {
    store.close();
  }

  /** As if the process had been killed: nothing is flushed, later calls throw {@code StorageException.Kind.CLOSED}. */
  public void abandon() {
    store.abandon();
  }
}
