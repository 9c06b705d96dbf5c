package io.raftoral.raft.driver;

import io.raftoral.raft.RawNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The production host of a driver: a platform thread for the loop, which also ticks, and threads that apply.
 *
 * <p><b>Ticks.</b> A tick comes at its time or later. If the thread was held up, by a long pump or a paused process,
 * one missed tick is made up for and the others are dropped: the node's clock stood still, that is all. Making up for
 * all of them would be wrong twice over. A follower that wakes up would take the heartbeat that waits for it and then
 * count a second's worth of ticks in a moment, and vote for somebody else beside a lease that it has just confirmed;
 * and it would campaign against a leader whose messages it has not had the chance to read. That a clock which stood
 * still does not make a leader's own lease too long is the business of {@link LeaseClock}.
 *
 * <p><b>Waking.</b> The driver calls {@link #wake()} at most once a batch; a system call follows only if the thread
 * sleeps.
 */
public final class DriverThread implements DriverHost, AutoCloseable {

  /** How long {@link #close()} tries to leave in good order. */
  private static final long LEAVING_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How long stopping waits for a thread which is inside the state machine, the transport or the log store. */
  private static final long STOPPING_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final String name;
  private final long tickNanos;
  private final Consumer<Throwable> onFailure;
  private final List<ThreadPoolExecutor> applyThreads = new ArrayList<>();

  /** Bounded by the driver: two parts of a snapshot received, one read for each follower, one flush, for each group. */
  private final ThreadPoolExecutor background;

  private volatile @Nullable RaftDriver driver;
  private volatile @Nullable Thread thread;

  /** An input waits. Written before {@code asleep} is read, as the loop writes {@code asleep} before it reads this. */
  private volatile boolean woken;

  private volatile boolean asleep;
  private volatile boolean leaving;
  private volatile boolean failed;

  /**
   * A host that does not run yet.
   *
   * @param name of the node, for the names of threads
   * @param applyThreads how many threads apply; every group belongs to one of them. Positive
   * @param onFailure told once if the driver fails, on the loop's thread
   */
  public DriverThread(String name, DriverConfig config, int applyThreads, Consumer<Throwable> onFailure) {
    if (applyThreads <= 0) {
      throw new IllegalArgumentException("applyThreads must be positive, but is " + applyThreads);
    }
    this.name = name;
    this.tickNanos = config.tickNanos();
    this.onFailure = onFailure;
    for (int i = 0; i < applyThreads; i++) {
      this.applyThreads.add(singleThread("raftoral-" + name + "-apply-" + i));
    }
    this.background = singleThread("raftoral-" + name + "-background");
  }

  /** The queue needs no bound of its own: the driver gives no more than a few tasks of each group. */
  private static ThreadPoolExecutor singleThread(String threadName) {
    return new ThreadPoolExecutor(
        1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> new Thread(task, threadName));
  }

  /** Starts the loop of {@code driver}, which was made with this host and has all its groups. Once. */
  public void start(RaftDriver driver) {
    if (this.driver != null) {
      throw new IllegalStateException("the driver of " + name + " was started before");
    }
    this.driver = driver;
    Thread started = Thread.ofPlatform().name("raftoral-" + name + "-loop").unstarted(() -> run(driver));
    thread = started;
    started.start();
  }

  @Override
  public void wake() {
    woken = true;
    if (asleep) {
      LockSupport.unpark(thread);
    }
  }

  @Override
  public void runApply(long group, Runnable task) {
    applyThreads.get((int) Long.remainderUnsigned(group, applyThreads.size())).execute(task);
  }

  @Override
  public void runBackground(long group, Runnable task) {
    background.execute(task);
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void failed(Throwable cause) {
    failed = true;
    onFailure.accept(cause);
  }

  /**
   * Stops in an orderly way, within about a second: takes no more commands, hands leadership over, and lets writes and
   * what is being applied finish. Blocks, except on the threads of this host.
   */
  @Override
  public void close() {
    RaftDriver running = driver;
    if (running != null) {
      running.leave();
    }
    leaving = true;
    stop();
  }

  /**
   * Stops as if power was cut: when this returns, nothing is sent, written or applied any more. What the store was
   * given before may still reach the disk. Blocks, except on the threads of this host.
   */
  public void kill() {
    RaftDriver running = driver;
    if (running != null) {
      running.halt();
    }
    stop();
  }

  private void stop() {
    wake();
    long deadline = System.nanoTime() + STOPPING_NANOS;
    Thread loop = thread;
    try {
      if (loop != null && loop != Thread.currentThread()) {
        join(loop, deadline);
      }
    } finally {
      applyThreads.forEach(ExecutorService::shutdown);
      background.shutdown();
    }
    if (!Thread.currentThread().getName().startsWith("raftoral-" + name + "-")) {
      applyThreads.forEach(each -> join(each, deadline));
      join(background, deadline);
    }
  }

  private void run(RaftDriver driver) {
    long dueNanos = System.nanoTime() + tickNanos;
    long nextTick = dueNanos;
    long leaveUntil = 0;
    boolean wasLeaving = false;
    while (!failed && !driver.isHalted()) {
      woken = false;
      long now = System.nanoTime();
      if (now - nextTick >= 0) {
        driver.tick();
        // Ticks keep to a grid as long as they are late by less than their length; then the grid moves. Even so no two
        // come closer together than the core may take for a difference between clocks.
        dueNanos = Math.max(dueNanos + tickNanos - now, 0) + now;
        nextTick = Math.max(dueNanos - now, tickNanos / 100 * (100 - RawNode.MAX_CLOCK_DRIFT_PERCENT)) + now;
      }
      driver.pump();
      if (leaving) {
        if (!wasLeaving) {
          wasLeaving = true;
          leaveUntil = now + LEAVING_NANOS;
        } else if (driver.quiet() || now - leaveUntil >= 0) {
          break;
        }
      }
      sleep(nextTick);
    }
    try {
      driver.stop();
    } catch (DriverException listenersThrew) {
      onFailure.accept(listenersThrew);
    }
  }

  private void sleep(long untilNanos) {
    asleep = true;
    long nanos = untilNanos - System.nanoTime();
    if (!woken && nanos > 0) {
      LockSupport.parkNanos(this, nanos);
      // Nobody has reason to interrupt this thread; if somebody does, it must not keep it from sleeping.
      Thread.interrupted();
    }
    asleep = false;
  }

  private void join(Thread loop, long deadline) {
    boolean interrupted = false;
    while (loop.isAlive() && deadline - System.nanoTime() > 0) {
      try {
        loop.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    ended(interrupted, !loop.isAlive(), "the loop");
  }

  private void join(ExecutorService applying, long deadline) {
    boolean interrupted = false;
    while (!applying.isTerminated() && deadline - System.nanoTime() > 0) {
      try {
        if (applying.awaitTermination(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    ended(interrupted, applying.isTerminated(), "a state machine");
  }

  private void ended(boolean interrupted, boolean ended, String what) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (!ended) {
      throw new DriverException(
          what + " of node " + name + " is still busy after " + TimeUnit.NANOSECONDS.toSeconds(STOPPING_NANOS)
              + " s; see the stacks of its threads, named raftoral-" + name + "-*");
    }
  }
}
