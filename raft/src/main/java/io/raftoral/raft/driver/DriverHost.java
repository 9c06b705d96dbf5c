package io.raftoral.raft.driver;

/**
 * Whoever gives the driver its threads and its clock: {@link DriverThread} in production, an event queue in simulation.
 */
public interface DriverHost {

  /**
   * Inputs are waiting: call {@link RaftDriver#pump()} soon. Called on any thread, at most once between two pumps; must
   * not pump inside the call.
   */
  void wake();

  /**
   * Runs {@code task} later, off the loop. Tasks of one group run one after the other, in the order in which they were
   * given, each seeing what the one before did. Never inside this call. The driver has at most a few outstanding.
   */
  void runApply(long group, Runnable task);

  /**
   * Runs {@code task} later, off the loop and if possible beside what {@link #runApply} runs: reading and storing
   * snapshots, making state durable. Tasks of one group run one after the other, in the order in which they were given.
   */
  default void runBackground(long group, Runnable task) {
    runApply(group, task);
  }

  /** A monotonic clock, in nanoseconds, as {@link System#nanoTime()}; for leases alone. */
  long nanoTime();

  /**
   * The driver has stopped for good because going on could do damage; so must the node. Called once, on the loop's
   * thread.
   *
   * @param cause says what happened, to which group, and what to do
   */
  void failed(Throwable cause);
}
