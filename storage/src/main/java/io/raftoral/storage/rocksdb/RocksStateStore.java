package io.raftoral.storage.rocksdb;

import io.raftoral.storage.StateStore;
import java.nio.file.Path;

/** The applied state of a node in one RocksDB. */
public final class RocksStateStore implements StateStore {
  private RocksStateStore() {}

  /** Opens the store in {@code directory}, created if it does not exist. */
  public static RocksStateStore open(Path directory, StateStoreOptions options) {
    throw new IllegalStateException("not yet: " + directory + options);
  }

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

  /** Closes; what was not flushed is written but not synced. */
  @Override
  public void close() {}

  /** As if the process had been killed. The directory may be opened again at once. */
  public void abandon() {}
}
