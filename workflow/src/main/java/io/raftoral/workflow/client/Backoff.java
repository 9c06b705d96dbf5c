package io.raftoral.workflow.client;

import java.util.concurrent.ThreadLocalRandom;

/**
 * How long to wait before trying again: doubles from {@value #FIRST_MS} ms to {@value #MAX_MS} ms, and is spread at
 * random over the upper half of that, so that callers which were refused together do not come back together.
 */
public final class Backoff {
  /** The first wait, in milliseconds. */
  public static final long FIRST_MS = 20;

  /** The longest wait, in milliseconds. */
  public static final long MAX_MS = 500;

  /** The next wait, before it is spread. */
  private long nextMs = FIRST_MS;

  /** The next wait, in milliseconds. */
  public long nextMs() {
    long upper = nextMs;
    nextMs = Math.min(MAX_MS, nextMs * 2);
    return ThreadLocalRandom.current().nextLong(upper / 2, upper + 1);
  }
}
