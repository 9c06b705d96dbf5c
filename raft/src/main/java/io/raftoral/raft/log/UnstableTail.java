package io.raftoral.raft.log;

import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Snapshot;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The end of the log that is not known to be durable: perhaps a snapshot, then entries from {@code offset} on. Parts of
 * it may have been handed out to be written.
 *
 * <p>Each hand-out has a number, and acknowledgements come by number. What an acknowledgement vouches for is decided
 * here and now, not by looking at terms: when entries are overwritten, the writes under way stop vouching for them.
 * Otherwise the following could happen (the ABA race of etcd/raft's asynchronous writes):
 *
 * <pre>
 *   write 1: 5@1            overwritten by a new leader
 *   write 2: 5@2            overwritten by a third leader, which holds 5@1
 *   write 3: 5@1
 *   acknowledged: write 1   the disk holds 5@1, but write 2 is about to replace it: 5@1 is not safe before write 3 is
 * </pre>
 */
final class UnstableTail {

  /** A hand-out that is not acknowledged; it vouches for entries up to {@code lastIndex}. */
  private static final class Write {
    final long number;
    long lastIndex;

    Write(long number, long lastIndex) {
      this.number = number;
      this.lastIndex = lastIndex;
    }
  }

  private static final Entry[] NO_ENTRIES = {};

  private final ArrayList<Entry> entries = new ArrayList<>();
  private final Deque<Write> writes = new ArrayDeque<>();
  private long offset;
  private long handedOut;
  private @Nullable Snapshot snapshot;
  private long snapshotWrite;

  /** Nothing; the first entry to come is {@code offset}. */
  UnstableTail(long offset) {
    this.offset = offset;
    this.handedOut = offset - 1;
  }

  long offset() {
    return offset;
  }

  long lastIndex() {
    return offset + entries.size() - 1;
  }

  /** The entry at {@code index}, which lies in this tail. */
  Entry get(long index) {
    return entries.get((int) (index - offset));
  }

  @Nullable Snapshot snapshot() {
    return snapshot;
  }

  /** Puts entries in place of everything from the first one's index on; returns false if they leave a gap. */
  boolean replaceFrom(long first, List<? extends Entry> replacement) {
    if (first > lastIndex() + 1) {
      return false;
    }
    if (first <= lastIndex()) {
      truncate(first);
    }
    entries.addAll(replacement);
    return true;
  }

  private void truncate(long first) {
    if (first < offset) {
      entries.clear();
      offset = first;
    } else {
      entries.subList((int) (first - offset), entries.size()).clear();
    }
    handedOut = Math.min(handedOut, first - 1);
    for (Write write : writes) {
      write.lastIndex = Math.min(write.lastIndex, first - 1);
    }
  }

  /** Forgets everything in favour of {@code newSnapshot}. */
  void restore(Snapshot newSnapshot) {
    snapshot = newSnapshot;
    snapshotWrite = 0;
    entries.clear();
    writes.clear();
    offset = newSnapshot.metadata().index() + 1;
    handedOut = offset - 1;
  }

  boolean hasNewEntries() {
    return handedOut < lastIndex();
  }

  boolean hasNewSnapshot() {
    return snapshot != null && snapshotWrite == 0;
  }

  /** The entries that were never handed out; a copy. */
  List<Entry> newEntries() {
    return hasNewEntries() ? copy(handedOut + 1, lastIndex() + 1) : List.of();
  }

  /** Entries {@code [from, to)}, which lie in this tail; a copy. */
  List<Entry> copy(long from, long to) {
    int start = (int) (from - offset);
    if (to == from + 1) {
      return List.of(entries.get(start));
    }
    // Unlike List.copyOf, which copies the array of a list that is not its own once more.
    Entry[] part = entries.subList(start, (int) (to - offset)).toArray(NO_ENTRIES);
    return Collections.unmodifiableList(Arrays.asList(part));
  }

  /** Everything new has been handed out to be written, under this number. */
  void handOut(long number) {
    if (hasNewSnapshot()) {
      snapshotWrite = number;
    }
    if (hasNewEntries()) {
      handedOut = lastIndex();
      writes.addLast(new Write(number, handedOut));
    }
  }

  /** The hand-outs up to {@code number} are durable; returns the snapshot that thereby became durable, if one did. */
  @Nullable Snapshot persisted(long number) {
    Snapshot installed = null;
    if (snapshot != null && snapshotWrite != 0 && snapshotWrite <= number) {
      installed = snapshot;
      snapshot = null;
      snapshotWrite = 0;
    }
    long stable = offset - 1;
    for (Write write = writes.peekFirst(); write != null && write.number <= number; write = writes.peekFirst()) {
      stable = Math.max(stable, write.lastIndex);
      writes.removeFirst();
    }
    if (stable >= offset) {
      entries.subList(0, (int) (stable + 1 - offset)).clear();
      offset = stable + 1;
    }
    return installed;
  }
}
