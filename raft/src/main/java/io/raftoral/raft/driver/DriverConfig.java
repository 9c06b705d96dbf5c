package io.raftoral.raft.driver;

import java.time.Duration;

/**
 * How the driver of one node behaves, over all its groups.
 *
 * @param node this node's id, positive
 * @param tickNanos what one {@link RaftDriver#tick()} stands for; the same on every node of the cluster
 * @param readTimeoutTicks a read that is not confirmed after this many ticks has failed
 * @param readRetryTicks a read that is not confirmed is asked for again every so many ticks
 * @param snapshotTimeoutTicks a snapshot that a follower does not acknowledge within so many ticks is sent again; one that
 *     makes no progress for so long is given up by its receiver
 * @param transfer how snapshots travel
 * @param limits every bound
 */
public record DriverConfig(
    long node,
    long tickNanos,
    int readTimeoutTicks,
    int readRetryTicks,
    int snapshotTimeoutTicks,
    SnapshotTransfer transfer,
    DriverLimits limits) {

  /** A tick of 10 ms; reads time out after 3 s and are repeated every 200 ms; snapshots may stand still for 10 s. */
  public static DriverConfig defaults(long node) {
    return new DriverConfig(node, Duration.ofMillis(10).toNanos(), 300, 20, 1000, SnapshotTransfer.DEFAULTS, DriverLimits.DEFAULTS);
  }

  /** Refuses what makes no sense. */
  public DriverConfig {
    if (node <= 0) {
      throw new IllegalArgumentException("a node's id is positive, but this one is " + node);
    }
    if (tickNanos <= 0 || readTimeoutTicks <= 0 || readRetryTicks <= 0 || snapshotTimeoutTicks <= 0) {
      throw new IllegalArgumentException("times must be positive");
    }
  }

  /** The same with another length of a tick. */
  public DriverConfig withTick(Duration tick) {
    return new DriverConfig(
        node, tick.toNanos(), readTimeoutTicks, readRetryTicks, snapshotTimeoutTicks, transfer, limits);
  }

  /** The same with other times for reads. */
  public DriverConfig withReads(int readTimeoutTicks, int readRetryTicks) {
    return new DriverConfig(
        node, tickNanos, readTimeoutTicks, readRetryTicks, snapshotTimeoutTicks, transfer, limits);
  }

  /** The same with another time for a snapshot to be installed. */
  public DriverConfig withSnapshotTimeoutTicks(int snapshotTimeoutTicks) {
    return new DriverConfig(
        node, tickNanos, readTimeoutTicks, readRetryTicks, snapshotTimeoutTicks, transfer, limits);
  }

  /** The same with another way for snapshots to travel. */
  public DriverConfig withTransfer(SnapshotTransfer transfer) {
    return new DriverConfig(
        node, tickNanos, readTimeoutTicks, readRetryTicks, snapshotTimeoutTicks, transfer, limits);
  }

  /** The same with other bounds. */
  public DriverConfig withLimits(DriverLimits limits) {
    return new DriverConfig(
        node, tickNanos, readTimeoutTicks, readRetryTicks, snapshotTimeoutTicks, transfer, limits);
  }
}
