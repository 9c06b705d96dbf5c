package io.raftoral.raft.driver;

import io.raftoral.raft.RawNode;
import java.util.Arrays;

/**
 * Turns a leader's lease, which the core counts in ticks, into a moment on the node's clock. Never too late a moment:
 * that is what a lease is worth.
 *
 * <p><b>Why it holds.</b> Let a quorum have answered the heartbeats that left after the leader's tick {@code s}, which
 * was given at the moment {@code T(s)}. Each of these followers got its heartbeat later than {@code T(s)}, and votes
 * for nobody before its {@code electionTicks}-th tick after that. Hosts give no tick before its time and make up for no
 * more than one ({@link RaftDriver#tick()}): after any moment, two ticks may come at once, and every other takes the
 * length of a tick. So nobody else leads before {@code electionTicks - 2} tick lengths have passed since {@code T(s)}
 * on a follower's clock, and {@link RawNode#leaseDurationTicks()} is shorter than that by what clocks may drift apart:
 *
 * <pre>  T(s) + leaseDurationTicks * tickNanos</pre>
 *
 * <p>What matters is that {@code T(s)} is looked up here, not reckoned back from now: a leader that was paused, or
 * whose ticks come late under load, believes that little time has passed, and would otherwise publish a lease that is
 * long over.
 */
final class LeaseClock {
  private final long tickNanos;

  /** When the last ticks were given, the tick {@code n} at {@code n} modulo the length. */
  private long[] times;

  private long tick;

  LeaseClock(long tickNanos, long nowNanos) {
    this.tickNanos = tickNanos;
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

  /** A tick is given. */
  void tick(long nowNanos) {
    tick++;
    times[slot(tick)] = nowNanos;
  }

  /** How many ticks were given. */
  long now() {
    return tick;
  }

  /**
   * Until when nobody else leads; {@code Long.MIN_VALUE} if there is no lease.
   *
   * @param startTick the tick after which the heartbeats left that a quorum has answered, or {@link RawNode#NO_LEASE}
   */
  long leaseUntilNanos(long startTick, int durationTicks) {
    if (startTick == RawNode.NO_LEASE || startTick + durationTicks < tick || tick - startTick >= times.length) {
      return Long.MIN_VALUE;
    }
    return times[slot(startTick)] + durationTicks * tickNanos;
  }

  private int slot(long tick) {
    return (int) (tick % times.length);
  }
}
