package io.raftoral.raft.driver;

/**
 * When the log of one group is compacted, and how far: up to the least of where the state machine stood when it was last
 * told to make its state durable, less the tail that is kept for followers that are a little behind; what it does hold
 * durably; and the snapshots that followers are receiving, who need what comes after them. When only the durable index
 * holds it back, the state machine is asked for it again with each batch.
 */
final class Compaction {
  private final GroupConfig config;

  /** Entries and bytes applied since the state was last told to become durable. */
  private long entriesSince;

  private long bytesSince;
  private long applied;
  private long goal;
  private long durableIndex;
  private long compacted;
  private boolean flushing;

  Compaction(GroupConfig config, long firstIndex, long applied) {
    this.config = config;
    this.compacted = firstIndex - 1;
    this.applied = applied;
    this.entriesSince = applied - compacted;
  }

  /** The last entry that is gone. */
  long compacted() {
    return compacted;
  }

  /** Entries were applied. */
  void applied(long lastIndex, long entries, long bytes) {
    applied = lastIndex;
    entriesSince += entries;
    bytesSince += bytes;
  }

  /** Whether the state machine is to be told to make its state durable; from then on it has been, until {@link #flushed}. */
  boolean isDue() {
    if (flushing || entriesSince < config.snapshotEntries() && bytesSince < config.snapshotBytes()) {
      return false;
    }
    flushing = true;
    entriesSince = 0;
    bytesSince = 0;
    goal = Math.max(goal, applied);
    return true;
  }

  /** The state machine has made its state durable up to {@code index}. */
  void flushed(long index) {
    flushing = false;
    durable(index);
  }

  /** The state machine told what it holds durably. */
  void durable(long index) {
    durableIndex = Math.max(durableIndex, index);
  }

  /** The state was replaced by a snapshot that ends at {@code index}, durably; the log begins anew after it. */
  void restored(long index) {
    durable(index);
    applied = Math.max(applied, index);
    compacted = Math.max(compacted, index);
    entriesSince = 0;
    bytesSince = 0;
  }

  /** Whether the state machine's durable index is what keeps the log from being compacted. */
  boolean wantsDurableIndex() {
    return wanted() > durableIndex;
  }

  /**
   * Up to where the log may be compacted now; 0 if that would not be worth while.
   *
   * @param heldFrom followers need what comes after this index
   */
  long compactTo(long heldFrom) {
    long wanted = wanted();
    long to = Math.min(Math.min(wanted, durableIndex), heldFrom);
    // Small steps are not worth a call; the last one is.
    long worthWhile = Math.max(1, config.snapshotEntries() / 4);
    if (to <= compacted || to < wanted && to - compacted < worthWhile) {
      return 0;
    }
    compacted = to;
    return to;
  }

  private long wanted() {
    return goal - config.keepEntries();
  }
}
