package io.raftoral.workflow.engine.runtime;

/**
 * The one seam through which the engine knows time, chance and threads, and the only way in which it blocks.
 * Production: {@link VirtualThreadRuntime}. Simulation: a deterministic scheduler.
 *
 * <p>All methods may be called on any thread.
 */
public interface EngineRuntime {

  /**
   * Wall clock, in milliseconds since the epoch. May jump; the engine never relies on more than its being about right.
   */
  long nowMs();

  /** Monotonic clock; the one on which {@code Group.leaseUntilNanos()} is stated. */
  long nanoTime();

  /** A random number for identifiers. */
  long randomLong();

  /**
   * Runs {@code body} on a thread of its own. Returns before or after it has begun.
   *
   * @param body never throws
   */
  Strand spawn(String name, Runnable body);

  /**
   * Parks the calling strand until it is woken. A wake that came before is not lost; returning without one is allowed.
   * Clears an interrupt that was pending.
   */
  void park();

  /**
   * Runs a short task later. It must not block.
   *
   * @param delayMs at least so long from now
   */
  Cancellable schedule(long delayMs, Runnable task);

  /** Runs a task that blocks on the disk, off every other thread; tasks of one runtime run one after the other. */
  void background(Runnable task);

  /** A thread of the runtime. */
  interface Strand {
    /** Ends the present or the next {@link EngineRuntime#park()} of this strand. */
    void wake();

    /** Interrupts whatever it blocks on, as {@link Thread#interrupt()} does. */
    void interrupt();

    /** Where it is; empty if it has ended. */
    StackTraceElement[] stackTrace();
  }

  /** A task that may still be called off. */
  @FunctionalInterface
  interface Cancellable {
    /** Calls it off, if it has not run yet. */
    void cancel();
  }
}
