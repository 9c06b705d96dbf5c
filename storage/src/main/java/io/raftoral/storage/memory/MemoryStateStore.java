package io.raftoral.storage.memory;

import io.raftoral.storage.StateStore;

/** A state store over a {@link MemoryDisk}. */
public final class MemoryStateStore implements StateStore {
  /** Opens what is on the disk. */
  public MemoryStateStore(MemoryDisk disk) {}

  @Override
  public byte[] get(byte[] key) {
    throw new IllegalStateException();
  }

  @Override
  public void write(Batch batch) {}

  @Override
  public Batch newBatch() {
    throw new IllegalStateException();
  }

  @Override
  public void scan(byte[] from, byte[] to, Visitor visitor) {}

  @Override
  public void scanBackwards(byte[] from, byte[] to, Visitor visitor) {}

  @Override
  public void flush() {}

  @Override
  public void close() {}

  /** As if the process had been killed. */
  public void abandon() {}
}
