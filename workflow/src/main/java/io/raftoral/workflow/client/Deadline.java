package io.raftoral.workflow.client;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A moment by which something has to be over, on the monotonic clock.
 *
 * @param atNanos on the scale of {@link System#nanoTime()}
 */
public record Deadline(long atNanos) {
  /** Longer waits are cut to this: about a hundred years, so that sums do not overflow. */
  private static final Duration FOREVER = Duration.ofDays(36_500);

  /** From now on. */
  public static Deadline after(Duration timeout) {
    Duration bounded = timeout.compareTo(FOREVER) < 0 ? timeout : FOREVER;
    return new Deadline(System.nanoTime() + bounded.toNanos());
  }

  /** From now on. */
  public static Deadline afterMs(long timeoutMs) {
    return after(Duration.ofMillis(timeoutMs));
  }

  /** How long there is, rounded up; 0 if it is over. */
  public long leftMs() {
    long nanos = atNanos - System.nanoTime();
    return nanos <= 0 ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos + 999_999);
  }

  /** Whether it is over. */
  public boolean isOver() {
    return atNanos - System.nanoTime() <= 0;
  }

  /** A deadline that is earlier by {@code ms}. */
  public Deadline minusMs(long ms) {
    return new Deadline(atNanos - TimeUnit.MILLISECONDS.toNanos(ms));
  }
}
