package io.raftoral.raft.driver;

import java.time.Duration;

/**
 * How the driver of one node behaves, over all its groups.
 *
 * @param node this node's id, positive
 * @param tickNanos what one {@link RaftDriver#tick()} stands for; the same on every node of the cluster
 * @param clockDriftPercent by how much the clocks of two nodes may drift apart while a lease runs, 0 to 50: a lease is
 *     published that much shorter than it is
 * @param readTimeoutTicks a read that is not confirmed after this many ticks has failed
 * @param readRetryTicks a read that is not confirmed is asked for again every so many ticks
 * @param snapshotTimeoutTicks a snapshot that a follower does not acknowledge within so many ticks is sent again
 * @param limits every bound
 */
public record DriverConfig(
    long node,
    long tickNanos,
    int clockDriftPercent,
    int readTimeoutTicks,
    int readRetryTicks,
    int snapshotTimeoutTicks,
    DriverLimits limits) {

  /** A tick of 10 ms; reads time out after 3 s and are repeated every 200 ms; snapshots have 30 s to be installed. */
  public static DriverConfig defaults(long node) {
    return new DriverConfig(node, Duration.ofMillis(10).toNanos(), 5, 300, 20, 3000, DriverLimits.DEFAULTS);
  }

  /** Refuses what makes no sense. */
  public DriverConfig {
    if (node <= 0) {
      throw new IllegalArgumentException("a node's id is positive, but this one is " + node);
    }
    if (tickNanos <= 0 || readTimeoutTicks <= 0 || readRetryTicks <= 0 || snapshotTimeoutTicks <= 0) {
      throw new IllegalArgumentException("times must be positive");
    }
    if (clockDriftPercent < 0 || clockDriftPercent > 50) {
      throw new IllegalArgumentException("clockDriftPercent is from 0 to 50, but is " + clockDriftPercent);
    }
  }

  /** The same with another length of a tick. */
  public DriverConfig withTick(Duration tick) {
    return new DriverConfig(
        node, tick.toNanos(), clockDriftPercent, readTimeoutTicks, readRetryTicks, snapshotTimeoutTicks, limits);
  }

  /** The same with another bound on the drift of clocks. */
  public DriverConfig withClockDriftPercent(int clockDriftPercent) {
    return new DriverConfig(
        node, tickNanos, clockDriftPercent, readTimeoutTicks, readRetryTicks, snapshotTimeoutTicks, limits);
  }

  /** The same with other times for reads. */
  public DriverConfig withReads(int readTimeoutTicks, int readRetryTicks) {
    return new DriverConfig(
        node, tickNanos, clockDriftPercent, readTimeoutTicks, readRetryTicks, snapshotTimeoutTicks, limits);
  }

  /** The same with another time for a snapshot to be installed. */
  public DriverConfig withSnapshotTimeoutTicks(int snapshotTimeoutTicks) {
    return new DriverConfig(
        node, tickNanos, clockDriftPercent, readTimeoutTicks, readRetryTicks, snapshotTimeoutTicks, limits);
  }

  /** The same with other bounds. */
  public DriverConfig withLimits(DriverLimits limits) {
    return new DriverConfig(
        node, tickNanos, clockDriftPercent, readTimeoutTicks, readRetryTicks, snapshotTimeoutTicks, limits);
  }
}
