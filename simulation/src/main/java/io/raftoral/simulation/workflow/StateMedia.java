package io.raftoral.simulation.workflow;

import io.raftoral.simulation.world.SimRandom;
import io.raftoral.storage.StorageException;
import io.raftoral.storage.memory.MemoryDisk;
import io.raftoral.storage.memory.MemoryStateStore;
import java.util.ArrayDeque;

/** The disk that holds a node's applied state. It outlives processes; a crash loses any suffix of what is not flushed. */
public final class StateMedia {
  private final MemoryDisk disk = new MemoryDisk();
  private final ArrayDeque<Long> unsynced = new ArrayDeque<>();
  private long durableIndex;
  private boolean failing;

  /** Opens what is there, for one life of a process. */
  MemoryStateStore open() {
    return new MemoryStateStore(disk);
  }

  /** The process dies: of what was not flushed, anything may be lost, for the state has no log of its own. */
  public void crash(SimRandom random) {
    int kept = random.nextInt(disk.unsynced() + 1);
    disk.crash(kept);
    for (int i = 0; i < kept && !unsynced.isEmpty(); i++) {
      durableIndex = unsynced.removeFirst();
    }
    unsynced.clear();
  }

  /** The next writes, or flushes, fail until the node is healed or dies. */
  public void fail(boolean flush) {
    failing = true;
    if (flush) {
      disk.failSyncs(StorageException.Kind.IO);
    } else {
      disk.failWrites(StorageException.Kind.FULL);
    }
  }

  /** The disk works again; whoever saw it fail stays unusable. */
  public void heal() {
    failing = false;
    disk.repair();
  }

  /** Whether an error of the store is the disk's doing. */
  public boolean failing() {
    return failing;
  }

  /** Up to which index the state would survive. */
  public long durableIndex() {
    return durableIndex;
  }

  /** A batch was written that brought the state to {@code index}. */
  void written(long index) {
    unsynced.addLast(index);
    while (unsynced.size() > disk.unsynced()) {
      durableIndex = unsynced.removeFirst();
    }
  }

  /** Everything written is durable. */
  void flushed() {
    if (!unsynced.isEmpty()) {
      durableIndex = unsynced.getLast();
      unsynced.clear();
    }
  }
}
