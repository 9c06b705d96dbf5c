package io.raftoral.storage.log;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counts values by their power of two. One thread adds, any thread reads. */
final class Buckets {
  private static final int COUNT = 48;
  private final AtomicLongArray counts = new AtomicLongArray(COUNT);

  void add(long value) {
    int bucket = Math.min(COUNT - 1, Long.SIZE - Long.numberOfLeadingZeros(Math.max(0, value)));
    counts.setPlain(bucket, counts.getPlain(bucket) + 1);
    counts.setRelease(bucket, counts.getPlain(bucket));
  }

  LogStats.Histogram read() {
    long[] copy = new long[COUNT];
    for (int i = 0; i < COUNT; i++) {
      copy[i] = counts.getAcquire(i);
    }
    return new LogStats.Histogram(copy);
  }
}
