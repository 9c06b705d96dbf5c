package io.raftoral.examples.service;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Keeps every call in memory, with the time it came and whether its key was new. */
public final class MemoryLedger implements Ledger {
  private final List<Entry> entries = new ArrayList<>();
  private final Set<String> keys = new HashSet<>();

  /**
   * A call.
   *
   * @param nanoTime when it came, by {@link System#nanoTime}
   * @param effective whether it was the first with its idempotency key. Another is answered as the first one was, and
   *     nothing more is done: that is how a payment service treats a request that it has seen.
   */
  public record Entry(EffectCall call, long nanoTime, boolean effective) {}

  @Override
  public synchronized void record(EffectCall call) {
    entries.add(new Entry(call, System.nanoTime(), keys.add(call.idempotencyKey())));
  }

  /** All calls so far, in the order in which they came. */
  public synchronized List<Entry> entries() {
    return List.copyOf(entries);
  }

  @Override
  public void close() {
    // Nothing is held but memory.
  }
}
