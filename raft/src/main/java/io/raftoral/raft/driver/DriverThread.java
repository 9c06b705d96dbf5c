package io.raftoral.raft.driver;

import java.util.function.Consumer;

/** The production host of a driver: a platform thread for the loop, which also ticks, and threads that apply. */
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"})
public final class DriverThread implements DriverHost, AutoCloseable {

  /**
   * A host that does not run yet.
   *
   * @param name of the node, for the names of threads
   * @param applyThreads how many threads apply; every group belongs to one of them. Positive
   * @param onFailure told once if the driver fails, on the loop's thread
   */
  public DriverThread(String name, DriverConfig config, int applyThreads, Consumer<Throwable> onFailure) {}

  /** Starts the loop of {@code driver}, which was made with this host and has all its groups. Once. */
  public void start(RaftDriver driver) {}

  @Override
  public void wake() {}

  @Override
  public void runApply(long group, Runnable task) {}

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void failed(Throwable cause) {}

  /** Stops in an orderly way: hands leadership over and lets writes finish, within a bounded time. Blocks. */
  @Override
  public void close() {}

  /** Stops as if power was cut: when this returns, nothing is sent, written or applied any more. */
  public void kill() {}
}
