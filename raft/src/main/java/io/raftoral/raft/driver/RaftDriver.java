package io.raftoral.raft.driver;

import io.raftoral.raft.message.Message;

/**
 * The loop that owns the Raft groups of a node.
 */
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"})
public final class RaftDriver implements Transport.Receiver {

  /** A driver without groups. */
  public RaftDriver(DriverConfig config, LogStore log, Transport transport, DriverHost host) {}

  /**
   * Opens a group of this node, with what its log and its state machine hold. Before the first pump.
   *
   * @throws DriverException if log and state do not fit together
   */
  public Group open(long group, GroupConfig config, StateMachine machine) {
    throw new UnsupportedOperationException();
  }

  /** Takes what waits in the inbox, steps the cores and hands out what they want done. On the loop's thread. */
  public void pump() {}

  /**
   * Time passes by one tick, for all groups. On the loop's thread, {@link #pump()} follows.
   *
   * <p>The lease relies on this: a host never gives more ticks than time has passed, and never saves up more than one.
   * In any span of time no more than {@code span / tickNanos + 2} ticks are given.
   */
  public void tick() {}

  /** Asks every group that this node leads to hand leadership over to the member that is best prepared. Any thread. */
  public void handOver() {}

  /**
   * Whether nothing is under way that stopping would cut off: no group is led that could be handed over, no write is
   * outstanding, nothing waits in the inbox. On the loop's thread.
   */
  public boolean quiet() {
    throw new UnsupportedOperationException();
  }

  /**
   * Stops for good: from now on nothing is sent, written or applied. Whoever waits for an answer is refused. On the loop's
   * thread, or when the loop does not run any more. What stops a node in an orderly way does more, see {@link
   * DriverThread#close()}.
   */
  public void stop() {}

  @Override
  public void received(long group, Message message) {}

  @Override
  public void unreachable(long node) {}

  @Override
  public void snapshotLost(long group, long node) {}
}
