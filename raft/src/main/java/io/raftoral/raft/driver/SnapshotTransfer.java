package io.raftoral.raft.driver;

/**
 * How snapshots travel.
 *
 * <p>The receiver asks for one part after the other, with at most {@link #WINDOW_PARTS} under way or not yet stored, so
 * both sides hold no more than that of it in memory, and whoever is slower sets the pace. A part that does not come is
 * asked for again, so a transfer goes on where it stood when a connection is there again.
 *
 * @param partBytes about how large one part is
 * @param bytesPerTick what a node sends of one group's snapshot in a tick, to all receivers together; what they ask for
 *     beyond it waits. One part always goes when nothing went before it in that tick
 * @param retryTicks a part that was asked for and did not come for so long is asked for again
 */
public record SnapshotTransfer(int partBytes, long bytesPerTick, int retryTicks) {
  /** Parts which a receiver has asked for or is about to store. */
  static final int WINDOW_PARTS = 2;

  /** Parts of 256 KiB, 64 MiB a second if a tick is 10 ms, asked for again after half a second. */
  public static final SnapshotTransfer DEFAULTS = new SnapshotTransfer(256 << 10, 640 << 10, 50);

  /** Refuses what lets nothing through. */
  public SnapshotTransfer {
    if (partBytes <= 0 || bytesPerTick <= 0 || retryTicks <= 0) {
      throw new IllegalArgumentException("bounds of a snapshot transfer must be positive");
    }
  }
}
