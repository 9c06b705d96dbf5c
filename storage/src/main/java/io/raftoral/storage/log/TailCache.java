package io.raftoral.storage.log;

import io.raftoral.raft.message.Entry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest entries of one group, in a ring. Followers that keep up and the applier read from here and never touch the
 * disk. When the entries exceed the bound, the oldest go.
 */
final class TailCache {
  private final long maxBytes;
  private @Nullable Entry[] ring = new @Nullable Entry[64];
  private long first;
  private int size;
  private long bytes;

  /**
   * Empty.
   *
   * @param maxBytes what the entries may count together; the newest one is kept even if it exceeds this alone
   * @param first the index that the first entry added will have
   */
  TailCache(long maxBytes, long first) {
    this.maxBytes = maxBytes;
    this.first = first;
  }

  /** Index of the oldest entry that is here; one past the last if there is none. */
  long first() {
    return first;
  }

  /** Adds the entry that follows the last one. */
  void append(Entry entry) {
    if (entry.index() != first + size) {
      throw new IllegalStateException("entry " + entry.index() + " does not follow " + (first + size - 1));
    }
    if (size == ring.length) {
      grow();
    }
    ring[slot(entry.index())] = entry;
    size++;
    bytes += entry.sizeBytes();
    while (bytes > maxBytes && size > 1) {
      removeFirst();
    }
  }

  /** Forgets the entries at {@code index} and after it. If none is left, {@code index} comes next. */
  void truncateFrom(long index) {
    while (size > 0 && first + size > index) {
      int slot = slot(first + size - 1);
      bytes -= entryAt(slot).sizeBytes();
      ring[slot] = null;
      size--;
    }
    if (size == 0) {
      first = index;
    }
  }

  /** Forgets everything; the entry at {@code index} comes next. */
  void reset(long index) {
    truncateFrom(first);
    first = index;
  }

  /** Forgets the entries below {@code index}. */
  void dropBelow(long index) {
    while (size > 0 && first < index) {
      removeFirst();
    }
  }

  /** The entry at {@code index}, which is here. */
  Entry get(long index) {
    if (index < first || index >= first + size) {
      throw new IllegalStateException("entry " + index + " is not among " + first + " to " + (first + size - 1));
    }
    return entryAt(slot(index));
  }

  long bytes() {
    return bytes;
  }

  /** Adds as many entries of {@code [from, to)} as {@code budget} takes. Returns whether all were added. */
  boolean copy(long from, long to, ByteBudget budget, List<Entry> into) {
    for (long index = from; index < to; index++) {
      Entry entry = get(index);
      if (!budget.take(entry.sizeBytes())) {
        return false;
      }
      into.add(entry);
    }
    return true;
  }

  private void removeFirst() {
    int slot = slot(first);
    bytes -= entryAt(slot).sizeBytes();
    ring[slot] = null;
    first++;
    size--;
  }

  private void grow() {
    @Nullable Entry[] larger = new @Nullable Entry[2 * ring.length];
    for (int i = 0; i < size; i++) {
      larger[(int) ((first + i) & (larger.length - 1))] = ring[slot(first + i)];
    }
    ring = larger;
  }

  private int slot(long index) {
    return (int) (index & (ring.length - 1));
  }

  private Entry entryAt(int slot) {
    Entry entry = ring[slot];
    if (entry == null) {
      throw new IllegalStateException("no entry in slot " + slot);
    }
    return entry;
  }
}
