package io.raftoral.transport;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

/** Lets a bounded number of log lines through each second, so that whoever throws garbage cannot fill the disk. */
final class LogLimiter {
  private static final int LINES_PER_SECOND = 10;
  private static final long SECOND_NS = 1_000_000_000L;

  private final AtomicLong second = new AtomicLong(Long.MIN_VALUE);
  private final AtomicLong lines = new AtomicLong();
  private final AtomicLong suppressed = new AtomicLong();

  /** Runs {@code line} with the number of lines that were suppressed before it, or suppresses it. */
  void log(long nowNs, LongConsumer line) {
    long thisSecond = Math.floorDiv(nowNs, SECOND_NS);
    if (second.getAndSet(thisSecond) != thisSecond) {
      lines.set(0);
    }
    if (lines.incrementAndGet() <= LINES_PER_SECOND) {
      line.accept(suppressed.getAndSet(0));
    } else {
      suppressed.incrementAndGet();
    }
  }
}
