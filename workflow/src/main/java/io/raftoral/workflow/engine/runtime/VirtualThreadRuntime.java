package io.raftoral.workflow.engine.runtime;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The production runtime: a virtual thread for each strand, one platform thread for timers and one for what blocks on
 * the disk.
 */
public final class VirtualThreadRuntime implements EngineRuntime, AutoCloseable {
  private final String name;
  private final ScheduledThreadPoolExecutor timers;
  private final ExecutorService background;

  /**
   * A runtime of its own for one node.
   *
   * @param name prefixes the names of its threads
   */
  public VirtualThreadRuntime(String name) {
    this.name = name;
    timers = new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().daemon().name(name + "-timers").factory());
    timers.setRemoveOnCancelPolicy(true);
    timers.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    background = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name(name + "-background").factory());
  }

  @Override
  public long nowMs() {
    return System.currentTimeMillis();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public long randomLong() {
    return ThreadLocalRandom.current().nextLong();
  }

  @Override
  public Strand spawn(String strandName, Runnable body) {
    return new ThreadStrand(Thread.ofVirtual().name(name + "/" + strandName).start(body));
  }

  @Override
  public void park() {
    // With the flag set, LockSupport.park returns at once, and a loop around it would spin.
    boolean interrupted = Thread.interrupted();
    if (!interrupted) {
      LockSupport.park(this);
    }
  }

  @Override
  public Cancellable schedule(long delayMs, Runnable task) {
    try {
      Future<?> future = timers.schedule(task, Math.max(0, delayMs), TimeUnit.MILLISECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException closed) {
      // The node is going down; nothing that would have run later matters to it.
      return () -> {};
    }
  }

  @Override
  public void background(Runnable task) {
    try {
      background.execute(task);
    } catch (RejectedExecutionException closed) {
      // As above.
    }
  }

  /** Stops timers and background work. Strands are not touched. */
  @Override
  public void close() {
    timers.shutdownNow();
    background.shutdown();
  }

  private record ThreadStrand(Thread thread) implements Strand {
    @Override
    public void wake() {
      LockSupport.unpark(thread);
    }

    @Override
    public void interrupt() {
      thread.interrupt();
    }

    @Override
    public StackTraceElement[] stackTrace() {
      return thread.getStackTrace();
    }
  }
}
