package io.raftoral.workflow.engine;

import io.raftoral.storage.StateStore;
import io.raftoral.workflow.engine.runtime.EngineRuntime;
import org.jspecify.annotations.Nullable;

/**
 * Knows how much of the state would survive a power cut, and makes it more from time to time. The log is never
 * compacted past that, so nothing is lost; flushing bounds how much of the log a restart applies again.
 */
final class Durability {
  private final StateStore store;
  private final EngineRuntime runtime;
  private final long flushBytes;

  private volatile long durableIndex;
  private volatile long writtenIndex;
  private volatile boolean flushing;
  private volatile @Nullable RuntimeException failure;

  /** Bytes applied since the last flush was begun. Confined to the apply thread. */
  private long bytes;

  Durability(StateStore store, EngineRuntime runtime, long flushBytes, long durableIndex) {
    this.store = store;
    this.runtime = runtime;
    this.flushBytes = flushBytes;
    this.durableIndex = durableIndex;
    writtenIndex = durableIndex;
  }

  /** Throws if a flush has failed: the node has to stop. */
  void check() {
    RuntimeException failed = failure;
    if (failed != null) {
      throw new IllegalStateException("the state store failed to make the state durable; the node must stop", failed);
    }
  }

  /** The state was written up to {@code index}. Begins a flush in the background when enough has come together. */
  void written(long index, long moreBytes) {
    writtenIndex = index;
    bytes += moreBytes;
    if (bytes >= flushBytes && !flushing) {
      bytes = 0;
      flushing = true;
      runtime.background(this::flushInBackground);
    }
  }

  private void flushInBackground() {
    try {
      flush();
    } catch (RuntimeException failed) {
      failure = failed;
    } finally {
      flushing = false;
    }
  }

  /** Flushes and waits for it. */
  void flushNow() {
    check();
    flush();
  }

  private void flush() {
    long upTo = writtenIndex;
    store.flush();
    durable(upTo);
  }

  /** The state is durable up to {@code index}. */
  synchronized void durable(long index) {
    durableIndex = Math.max(durableIndex, index);
    writtenIndex = Math.max(writtenIndex, index);
  }

  long durableIndex() {
    return durableIndex;
  }
}
