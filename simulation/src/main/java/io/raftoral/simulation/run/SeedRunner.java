package io.raftoral.simulation.run;

import io.raftoral.simulation.check.Marks;
import io.raftoral.simulation.plan.SimPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Runs many seeds, on one or more threads. Each run is a world of its own, so that what a seed does never depends on the
 * threads. The first failure ends it.
 */
public final class SeedRunner {
  private final LongFunction<SimPlan> plans;
  private final BooleanSupplier stop;
  private final Consumer<RunResult> listener;
  private final AtomicLong next;
  private final long last;
  private final Marks marks = new Marks();
  private RunResult.Counts counts = RunResult.Counts.NONE;
  private @Nullable RunResult failure;
  private @Nullable Throwable crash;

  /**
   * A runner of the seeds {@code first} to {@code last}.
   *
   * @param plans the plan of a seed
   * @param stop asked before each run
   * @param listener told of each result, one at a time
   */
  public SeedRunner(
      LongFunction<SimPlan> plans, long first, long last, BooleanSupplier stop, Consumer<RunResult> listener) {
    this.plans = plans;
    this.next = new AtomicLong(first);
    this.last = last;
    this.stop = stop;
    this.listener = listener;
  }

  /** Runs until done, stopped or failed. */
  public void run(int jobs) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int job = 0; job < jobs; job++) {
      threads.add(Thread.ofPlatform().name("simulation-" + (job + 1)).start(this::work));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Throwable cause = crash;
    if (cause != null) {
      throw new IllegalStateException("the simulator itself failed: " + cause, cause);
    }
  }

  private void work() {
    try {
      for (long seed = next.getAndIncrement(); seed <= last && goesOn(); seed = next.getAndIncrement()) {
        finished(Simulation.run(plans.apply(seed)));
      }
    } catch (RuntimeException | Error e) {
      synchronized (this) {
        crash = e;
      }
    }
  }

  private synchronized boolean goesOn() {
    return failure == null && crash == null && !stop.getAsBoolean();
  }

  private synchronized void finished(RunResult result) {
    counts = counts.plus(result.counts());
    marks.add(result.marks());
    if (!result.ok() && failure == null) {
      failure = result;
    }
    listener.accept(result);
  }

  /** How much happened in all runs so far. */
  public synchronized RunResult.Counts counts() {
    return counts;
  }

  /** The rare paths that all runs took together. */
  public Marks marks() {
    return marks;
  }

  /** The first run that failed, null if none has. */
  public synchronized @Nullable RunResult failure() {
    return failure;
  }
}
