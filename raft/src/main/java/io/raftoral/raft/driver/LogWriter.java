package io.raftoral.raft.driver;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Group commit: one call of the log store carries what all groups have to write.
 *
 * <p>Up to {@link DriverLimits#maxWritesInFlight()} calls are outstanding, two by default. With one, the disk would
 * idle from the end of an fsync until the loop has come round; with two, it always has the next batch at hand, and what
 * arrives during an fsync still accumulates into one batch. More than two would cut the same work into smaller batches,
 * which means more fsyncs.
 */
final class LogWriter {
  private final LogStore store;
  private final DriverCounters counters;
  private final Inbox inbox;
  private final int maxInFlight;

  /** Groups that have something, in the order in which they got it. */
  private final Deque<GroupLoop> waiting = new ArrayDeque<>();

  private final Deque<Batch> inFlight = new ArrayDeque<>();

  LogWriter(LogStore store, DriverCounters counters, Inbox inbox, int maxInFlight) {
    this.store = store;
    this.counters = counters;
    this.inbox = inbox;
    this.maxInFlight = maxInFlight;
  }

  /** {@code group} has something to write. */
  void add(GroupLoop group) {
    if (!group.waitsForWriter) {
      group.waitsForWriter = true;
      waiting.add(group);
    }
  }

  /** Gives the store what waits, if it may have more. */
  void submit() {
    while (inFlight.size() < maxInFlight && !waiting.isEmpty()) {
      Batch batch = new Batch(inbox, waiting.size());
      for (int n = waiting.size(); n > 0; n--) {
        GroupLoop group = waiting.remove();
        group.waitsForWriter = false;
        Persistence.Part part = group.nextWrite();
        if (part != null) {
          batch.groups.add(group);
          batch.writes.add(part.write);
        }
        if (group.hasWrites()) {
          add(group);
        }
      }
      if (batch.writes.isEmpty()) {
        return;
      }
      inFlight.add(batch);
      counters.writes++;
      store.write(batch.writes, batch);
    }
  }

  /** The store answered; returns the groups whose oldest write in flight is durable now. */
  List<GroupLoop> written(Batch batch) {
    Batch oldest = inFlight.poll();
    if (oldest != batch) {
      throw new DriverException(
          "the log store completed a write out of order, or twice; it must complete writes in the order of the calls");
    }
    return batch.groups;
  }

  boolean isIdle() {
    return inFlight.isEmpty() && waiting.isEmpty();
  }

  /** One call of the store. Completed on any thread. */
  static final class Batch implements LogStore.Completion {
    final List<GroupLoop> groups;
    final List<LogWrite> writes;
    private final Inbox inbox;

    Batch(Inbox inbox, int size) {
      this.inbox = inbox;
      this.groups = new ArrayList<>(size);
      this.writes = new ArrayList<>(size);
    }

    @Override
    public void written() {
      inbox.post(new Input.Written(this, null));
    }

    @Override
    public void failed(Throwable cause) {
      inbox.post(new Input.Written(this, cause));
    }
  }
}
