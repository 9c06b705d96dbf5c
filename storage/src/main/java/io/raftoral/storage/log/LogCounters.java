package io.raftoral.storage.log;

import java.util.concurrent.atomic.AtomicLong;

/** What a log store counts. The worker adds, any thread reads. */
final class LogCounters {
  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong batches = new AtomicLong();
  private final AtomicLong syncs = new AtomicLong();
  private final AtomicLong entries = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final Buckets batchCalls = new Buckets();
  private final Buckets syncMicros = new Buckets();

  void appended(int callsInBatch, int entriesInBatch, int batchBytes) {
    batches.incrementAndGet();
    entries.addAndGet(entriesInBatch);
    bytes.addAndGet(batchBytes);
    batchCalls.add(callsInBatch);
  }

  void synced(long nanos) {
    syncs.incrementAndGet();
    syncMicros.add(nanos / 1000);
  }

  void answered() {
    calls.incrementAndGet();
  }

  LogStats read(int waiting) {
    return new LogStats(
        calls.get(),
        batches.get(),
        syncs.get(),
        entries.get(),
        bytes.get(),
        waiting,
        batchCalls.read(),
        syncMicros.read());
  }
}
