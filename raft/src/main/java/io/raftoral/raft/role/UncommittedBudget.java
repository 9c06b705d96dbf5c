package io.raftoral.raft.role;

import io.raftoral.raft.message.Entry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * How much a leader holds that its state machine has not applied: the brake on proposals.
 *
 * <p>Only what this leader appended in this term is counted, each batch by its own size and until its own last index is
 * applied, and the account ends with the term. So it can neither leak nor be credited with entries of other leaders
 * (etcd-io/etcd PR 10199).
 */
final class UncommittedBudget {

  private record Batch(long lastIndex, long bytes) {}

  private final long maxBytes;
  private final Deque<Batch> batches = new ArrayDeque<>();
  private long bytes;

  UncommittedBudget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /**
   * Takes entries into the account, unless they exceed the limit. What is larger than the whole limit is let through
   * when nothing else is there, and what has no size, such as the entry that leaves a joint configuration, always.
   */
  boolean take(List<Entry> entries) {
    long size = 0;
    for (Entry entry : entries) {
      size += payloadBytes(entry);
    }
    if (bytes > 0 && size > 0 && bytes + size > maxBytes) {
      return false;
    }
    if (size > 0) {
      bytes += size;
      batches.addLast(new Batch(entries.getLast().index(), size));
    }
    return true;
  }

  private static long payloadBytes(Entry entry) {
    return switch (entry) {
      case Entry.Normal normal -> normal.data().length;
      case Entry.Membership membership -> membership.change().changes().isEmpty() ? 0 : membership.change().sizeBytes();
    };
  }

  /** Everything up to {@code index} is applied. */
  void applied(long index) {
    for (Batch batch = batches.peekFirst(); batch != null && batch.lastIndex <= index; batch = batches.peekFirst()) {
      bytes -= batch.bytes;
      batches.removeFirst();
    }
  }

  long bytes() {
    return bytes;
  }
}
