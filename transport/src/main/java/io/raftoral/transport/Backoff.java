package io.raftoral.transport;

import java.util.random.RandomGenerator;

/**
 * Pauses between attempts to connect: doubled each time up to a bound, and shortened at random by up to a half, so that
 * nodes which lost each other at the same moment do not come back in step.
 */
final class Backoff {
  private final long minMs;
  private final long maxMs;
  private final RandomGenerator random;
  private long nextMs;

  Backoff(long minMs, long maxMs, RandomGenerator random) {
    this.minMs = minMs;
    this.maxMs = maxMs;
    this.random = random;
    this.nextMs = minMs;
  }

  void reset() {
    nextMs = minMs;
  }

  /** After a refusal that will not go away by itself: the next pause is the longest. */
  void toLongest() {
    nextMs = maxMs;
  }

  long nextDelayMs() {
    long delayMs = nextMs;
    nextMs = Math.min(maxMs, nextMs * 2);
    return delayMs - random.nextLong(delayMs / 2 + 1);
  }
}
