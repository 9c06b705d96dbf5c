package io.raftoral.raft.driver;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A bound on how much may wait, by count and by bytes. Many threads acquire, the loop releases.
 *
 * <p>Both numbers live in one long, so that admitting costs one atomic addition: the count in the upper 24 bits, the
 * bytes in the lower 40.
 */
final class Quota {
  private static final int BYTES_BITS = 40;
  private static final long ONE = 1L << BYTES_BITS;
  private static final long BYTES_MASK = ONE - 1;

  private final AtomicLong used = new AtomicLong();
  private final long maxCount;
  private final long maxBytes;

  /** Half of what the fields can hold is the most, so that acquiring beyond a bound and undoing it cannot overflow. */
  Quota(long maxCount, long maxBytes) {
    this.maxCount = Math.min(maxCount, 1L << 22);
    this.maxBytes = Math.min(maxBytes, BYTES_MASK / 2);
  }

  /** Takes room for one thing of {@code bytes}; something too large for the bound is let in when no bytes wait. */
  boolean tryAcquire(long bytes) {
    long before = used.getAndAdd(ONE + bytes);
    long waiting = before & BYTES_MASK;
    if (before >>> BYTES_BITS < maxCount && (waiting + bytes <= maxBytes || waiting == 0)) {
      return true;
    }
    used.getAndAdd(-(ONE + bytes));
    return false;
  }

  /** Gives room back. */
  void release(int count, long bytes) {
    used.getAndAdd(-(count * ONE + bytes));
  }

  /** How many things hold room. */
  long count() {
    return used.get() >>> BYTES_BITS;
  }
}
