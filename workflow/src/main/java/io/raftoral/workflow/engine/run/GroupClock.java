package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.engine.runtime.EngineRuntime;

/**
 * The group's clock as this node sees it: never behind what was applied, and going on from there at the pace of real
 * time. A leader whose wall clock is ahead takes the group's clock with it, and its successors go on from where it
 * was, so that a sleep takes as long as it was asked to, whoever began it and whoever ends it. Any thread.
 */
public final class GroupClock {
  private static final long NANOS_PER_MS = 1_000_000;

  private final EngineRuntime runtime;
  private long baseMs;
  private long baseNanos;

  /** A clock that has seen nothing but this node's wall clock. */
  public GroupClock(EngineRuntime runtime) {
    this.runtime = runtime;
    baseMs = runtime.nowMs();
    baseNanos = runtime.nanoTime();
  }

  /** The time, in milliseconds since 1970. */
  public synchronized long nowMs() {
    return Math.max(runtime.nowMs(), baseMs + (runtime.nanoTime() - baseNanos) / NANOS_PER_MS);
  }

  /** A command was applied that carried this time. */
  public synchronized void applied(long timeMs) {
    long nowNanos = runtime.nanoTime();
    if (timeMs > baseMs + (nowNanos - baseNanos) / NANOS_PER_MS) {
      baseMs = timeMs;
      baseNanos = nowNanos;
    }
  }
}
