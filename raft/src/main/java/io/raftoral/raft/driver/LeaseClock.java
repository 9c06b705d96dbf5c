package io.raftoral.raft.driver;

import java.util.Arrays;

/**
 * Turns a leader's lease, which the core counts in ticks, into a moment on the node's clock. Never too late a moment: that
 * is what a lease is worth.
 *
 * <p><b>Why it holds.</b> Let a quorum have answered heartbeats that left after the leader's tick {@code s}. Each of these
 * followers started to wait for {@code electionTicks} of its own ticks after it got the heartbeat, hence after the moment
 * {@code T(s)} of the leader's tick, and votes for nobody before they have passed. Hosts give no ticks before their time
 * and save up no more than one ({@link RaftDriver#tick()}), so a follower's first two ticks after any moment may come at
 * once, and the others take a tick's length each: at least {@code (electionTicks - 2) * tickNanos} on the follower's clock.
 * If clocks drift apart by no more than {@code clockDriftPercent}, at least that much less on ours. So nobody else leads
 * before
 *
 * <pre>  T(s) + (electionTicks - 2) * tickNanos * (100 - clockDriftPercent) / 100</pre>
 *
 * <p>The core says which tick {@code s} is. What matters is that {@code T(s)} is looked up, not reckoned back from now: a
 * leader that was paused, or whose ticks come late under load, believes that little time has
 * passed, and would otherwise publish a lease that is long over.
 */
final class LeaseClock {
  private final long tickNanos;
  private final int clockDriftPercent;
  private long[] times;
  private long tick;

  LeaseClock(long tickNanos, int clockDriftPercent, long nowNanos) {
    this.tickNanos = tickNanos;
    this.clockDriftPercent = clockDriftPercent;
    this.times = new long[] {nowNanos};
  }

  /** Makes room for the leases of a group. Before the first tick. */
  void prepare(int electionTicks) {
    if (times.length <= electionTicks) {
      long start = times[0];
      times = new long[electionTicks + 1];
      Arrays.fill(times, start);
    }
  }

  /** A tick came. */
  void tick(long nowNanos) {
    tick++;
    times[slot(tick)] = nowNanos;
  }

  /** How many ticks there were. */
  long now() {
    return tick;
  }

  /**
   * Until when nobody else leads, if the heartbeats that a quorum answered left {@code ticksAgo} ticks ago;
   * {@code Long.MIN_VALUE} if that is too long ago.
   */
  long leaseUntilNanos(long ticksAgo, int electionTicks) {
    if (ticksAgo > electionTicks) {
      return Long.MIN_VALUE;
    }
    long lasts = (electionTicks - 2) * tickNanos / 100 * (100 - clockDriftPercent);
    return times[slot(Math.max(0, tick - ticksAgo))] + Math.max(0, lasts);
  }

  private int slot(long tick) {
    return (int) (tick % times.length);
  }
}
