package io.raftoral.storage.memory;

import io.raftoral.raft.driver.GroupLog;
import io.raftoral.raft.driver.LogStore;
import io.raftoral.raft.driver.LogWrite;
import java.util.List;
import java.util.concurrent.Executor;

/** A log store over a {@link MemoryDisk}; all disk work runs as tasks of an executor. */
public final class MemoryLogStore implements LogStore, AutoCloseable {
  /** Each task given to {@code disk} is one disk operation (a write, or a sync); they must run in order. */
  public MemoryLogStore(MemoryDisk disk, Executor worker) {}

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

  @Override
  public void close() {}

  /** As if the process had been killed. */
  public void abandon() {}
}
