package io.raftoral.storage.memory;

/** A disk in memory: what a store wrote, and how much of it would survive a crash. */
public final class MemoryDisk {
  /** The machine loses power: of what was not synced, the oldest {@code keep} writes survive. Stores on this disk are dead. */
  public void crash(int keep) {
    throw new IllegalStateException("not yet " + keep);
  }

  /** Writes that a crash may lose. */
  public int unsynced() {
    return 0;
  }
}
