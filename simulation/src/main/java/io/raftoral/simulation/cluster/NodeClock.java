package io.raftoral.simulation.cluster;

import io.raftoral.simulation.world.World;

/** A node's clocks: one that runs steadily, if not at the true speed, and one that tells the time of day and may jump. */
final class NodeClock {
  private static final long EPOCH_MS = 1_767_225_600_000L;

  private final World world;
  private double rate = 1;
  private long anchorTrue;
  private long anchorLocal;
  private long wallOffsetMs;
  private long furthestOffsetMs;
  private long wallAnchor;
  private long leaptNanos;

  /** A clock whose monotonic side began at {@code offsetNanos}, as those of machines do that did not boot together. */
  NodeClock(World world, long offsetNanos) {
    this.world = world;
    this.anchorLocal = offsetNanos;
    this.wallAnchor = offsetNanos;
  }

  /** The monotonic clock. */
  long nanoTime() {
    return anchorLocal + (long) ((world.nowNanos() - anchorTrue) * rate);
  }

  /** The wall clock. */
  long nowMs() {
    return EPOCH_MS + wallOffsetMs + (nanoTime() - wallAnchor + leaptNanos) / 1_000_000;
  }

  /** From now on the clock runs so much faster than time. */
  void runAt(double newRate) {
    anchorLocal = nanoTime();
    anchorTrue = world.nowNanos();
    rate = newRate;
  }

  /** The wall clock jumps. */
  void jump(long ms) {
    wallOffsetMs += ms;
    furthestOffsetMs = Math.max(furthestOffsetMs, wallOffsetMs);
  }

  /** How far ahead the wall clock has ever been. */
  long furthestOffsetMs() {
    return furthestOffsetMs;
  }

  /** The wall clock is set, jumps and drift alike forgotten: so far ahead of the true time. */
  void correct(long aheadMs) {
    wallOffsetMs = aheadMs;
    wallAnchor = nanoTime() - world.nowNanos();
  }

  /** The wall clock moves on, and timers with it; for everything else no time passes. */
  void leap(long nanos) {
    leaptNanos += nanos;
  }

  long leaptNanos() {
    return leaptNanos;
  }

  /** How much time passes until the clock has moved on by so much. */
  long trueNanos(long localNanos) {
    return Math.max(1, (long) (localNanos / rate));
  }
}
