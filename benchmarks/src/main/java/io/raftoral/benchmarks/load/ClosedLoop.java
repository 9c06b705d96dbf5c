package io.raftoral.benchmarks.load;

import java.util.Arrays;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Keeps a number of operations under way: a new one begins as soon as one has ended. One thread begins them; whichever
 * thread completes them says so by number.
 *
 * <p>A slow operation holds back only its own slot, as with real clients; the rate that comes out is what the system
 * takes at that concurrency, and the latency is what each of the clients sees.
 */
public final class ClosedLoop {
  /** Longer than any operation may take; one that takes longer is recorded as this. */
  private static final long MAX_LATENCY_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** Without any completion for so long, something is broken. */
  private static final long STUCK_SECONDS = 30;

  private final Target target;
  private final int outstanding;
  private final Semaphore slots;
  private final long[] begunNanos;
  private final AtomicLong completed = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final Histogram latencies = new ConcurrentHistogram(MAX_LATENCY_NANOS, 3);
  private volatile boolean recording;
  private long next;

  /** Begins operations; calls {@link #completed} or {@link #refused} for each, on any thread, also at once. */
  @FunctionalInterface
  public interface Target {
    /** Begins operation {@code number}; numbers rise by one. */
    void begin(long number, ClosedLoop loop);
  }

  /**
   * What was measured.
   *
   * @param operations that ended within the window
   * @param refused that were refused, and begun again
   * @param latencies of those that ended within it, in nanoseconds
   * @param usage of the process
   */
  public record Outcome(long operations, long refused, Histogram latencies, Usage usage) {
    /** Operations a second. */
    public double perSecond() {
      return operations / usage.seconds();
    }

    /** A latency in microseconds. */
    public double micros(double percentile) {
      return latencies.getValueAtPercentile(percentile) / 1e3;
    }
  }

  /** A loop with {@code outstanding} operations under way, at least 1. */
  public ClosedLoop(int outstanding, Target target) {
    if (outstanding < 1) {
      throw new IllegalArgumentException("at least one operation must be outstanding, but asked for " + outstanding);
    }
    this.outstanding = outstanding;
    this.target = target;
    slots = new Semaphore(outstanding);
    // An operation that overtakes others may be far ahead of them; a slot is not given to a new one before it is free.
    begunNanos = new long[Integer.highestOneBit(outstanding * 4 - 1) * 2];
  }

  /**
   * Runs load for {@code warmSeconds}, then measures for {@code seconds}, then lets what is under way end.
   *
   * @throws IllegalStateException if nothing completes for half a minute
   */
  public Outcome run(double warmSeconds, double seconds) throws InterruptedException {
    long start = System.nanoTime();
    long measureAt = start + (long) (warmSeconds * 1e9);
    long endAt = measureAt + (long) (seconds * 1e9);
    Usage before = null;
    long completedBefore = 0;
    long refusedBefore = 0;
    long lastProgress = start;
    long lastCompleted = -1;
    while (true) {
      boolean free = slots.tryAcquire(100, TimeUnit.MILLISECONDS);
      long now = System.nanoTime();
      if (before == null && now >= measureAt) {
        completedBefore = completed.get();
        refusedBefore = refused.get();
        before = Usage.now();
        recording = true;
      }
      if (now >= endAt) {
        if (free) {
          slots.release();
        }
        break;
      }
      if (!free) {
        if (completed.get() != lastCompleted) {
          lastCompleted = completed.get();
          lastProgress = now;
        } else if (now - lastProgress > TimeUnit.SECONDS.toNanos(STUCK_SECONDS)) {
          throw new IllegalStateException(
              "no operation has ended for " + STUCK_SECONDS + " s; " + completed.get() + " had ended before");
        }
        continue;
      }
      long number = next++;
      begunNanos[slot(number)] = now;
      target.begin(number, this);
    }
    Usage usage = Usage.now().since(before == null ? Usage.now() : before);
    recording = false;
    Outcome outcome =
        new Outcome(completed.get() - completedBefore, refused.get() - refusedBefore, latencies.copy(), usage);
    if (!slots.tryAcquire(outstanding, STUCK_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(
          (outstanding - slots.availablePermits()) + " operations have not ended within " + STUCK_SECONDS
              + " s after the load stopped");
    }
    slots.release(outstanding);
    return outcome;
  }

  /** How many operations were begun; their numbers are below it. */
  public long begun() {
    return next;
  }

  /** The operations {@code numbers} have ended. Cheaper for several at once than one by one. */
  public void completed(long... numbers) {
    if (recording) {
      long now = System.nanoTime();
      for (long number : numbers) {
        latencies.recordValue(Math.clamp(now - begunNanos[slot(number)], 0, MAX_LATENCY_NANOS));
      }
    }
    completed.addAndGet(numbers.length);
    slots.release(numbers.length);
  }

  /** Like {@link #completed(long...)}, for the first {@code count} of an array that is used again. */
  public void completed(long[] numbers, int count) {
    if (count > 0) {
      completed(count == numbers.length ? numbers : Arrays.copyOf(numbers, count));
    }
  }

  /** An operation was refused and does not count; its slot is free again after a moment. */
  public void refused() {
    refused.incrementAndGet();
    slots.release();
  }

  private int slot(long number) {
    return (int) number & begunNanos.length - 1;
  }
}
