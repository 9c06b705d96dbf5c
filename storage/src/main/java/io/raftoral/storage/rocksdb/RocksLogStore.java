package io.raftoral.storage.rocksdb;

import io.raftoral.raft.driver.GroupLog;
import io.raftoral.raft.driver.LogStore;
import io.raftoral.raft.driver.LogWrite;
import java.nio.file.Path;
import java.util.List;

/** The logs of all groups of a node in one RocksDB. */
public final class RocksLogStore implements LogStore, AutoCloseable {
  private RocksLogStore() {}

  /** Opens the store in {@code directory}, created if it does not exist. */
  public static RocksLogStore open(Path directory, LogStoreOptions options) {
    throw new IllegalStateException("not yet: " + directory + options);
  }

  @Override
  public GroupLog open(long group) {
    throw new IllegalStateException();
  }

  @Override
  public void write(List<LogWrite> writes, Completion done) {
    throw new IllegalStateException();
  }

  @Override
  public void compact(long group, long index) {
    throw new IllegalStateException();
  }

  /** Writes what is waiting, then closes. */
  @Override
  public void close() {}

  /** As if the process had been killed: nothing more is written or acknowledged. The directory may be opened again at once. */
  public void abandon() {}
}
