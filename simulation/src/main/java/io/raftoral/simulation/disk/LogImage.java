package io.raftoral.simulation.disk;

import io.raftoral.raft.driver.LogWrite;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.simulation.world.SimRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The log of one group as it stands at one point of its way to the disk, with a hash over each prefix. Two logs agree up
 * to an index if and only if (but for a collision of 64 bits) their hashes there agree, so that comparing them costs
 * nothing.
 */
public final class LogImage {
  /** What {@link #hashAt} answers where the image holds no entry. */
  public static final long NO_HASH = 0;

  private final List<Entry> entries = new ArrayList<>();
  private final List<Long> hashes = new ArrayList<>();
  private HardState hardState = HardState.EMPTY;
  private SnapshotMetadata start = SnapshotMetadata.EMPTY;
  private long startTerm;
  private long startIndex;
  private long startHash = 1;

  /** An empty log. */
  public LogImage() {}

  /** A log that is equal to {@code that} and independent of it. */
  public LogImage(LogImage that) {
    entries.addAll(that.entries);
    hashes.addAll(that.hashes);
    hardState = that.hardState;
    start = that.start;
    startIndex = that.startIndex;
    startTerm = that.startTerm;
    startHash = that.startHash;
  }

  /** What the node remembers besides the log. */
  public HardState hardState() {
    return hardState;
  }

  /** The last snapshot that replaced this log. */
  public SnapshotMetadata start() {
    return start;
  }

  /** The index before the first entry. */
  public long startIndex() {
    return startIndex;
  }

  /** The index of the last entry. */
  public long lastIndex() {
    return startIndex + entries.size();
  }

  /** The term of the last entry. */
  public long lastTerm() {
    return termAt(lastIndex());
  }

  /** The term at an index between start and end; -1 elsewhere. */
  public long termAt(long index) {
    if (index == startIndex) {
      return startTerm;
    }
    return index > startIndex && index <= lastIndex() ? entry(index).term() : -1;
  }

  /** The entry at an index after the start. */
  public Entry entry(long index) {
    return entries.get((int) (index - startIndex - 1));
  }

  /** The entries in {@code [from, to)}. */
  public List<Entry> entries(long from, long to) {
    return List.copyOf(entries.subList((int) (from - startIndex - 1), (int) (to - startIndex - 1)));
  }

  /** The hash over everything up to {@code index}, {@link #NO_HASH} where that is compacted or beyond the end. */
  public long hashAt(long index) {
    if (index == startIndex) {
      return startHash;
    }
    return index > startIndex && index <= lastIndex() ? hashes.get((int) (index - startIndex - 1)) : NO_HASH;
  }

  /**
   * Makes a write's changes.
   *
   * @param committedHash the hash over the committed log up to an index, for the start of a log that a snapshot replaces
   * @return whether entries were overwritten by others
   */
  public boolean write(LogWrite write, LongUnaryOperator committedHash) {
    SnapshotMetadata snapshot = write.snapshot();
    if (snapshot != null) {
      entries.clear();
      hashes.clear();
      start = snapshot;
      startIndex = snapshot.index();
      startTerm = snapshot.term();
      startHash = startIndex == 0 ? 1 : committedHash.applyAsLong(startIndex);
    }
    boolean overwritten = false;
    if (!write.entries().isEmpty()) {
      long first = write.entries().getFirst().index();
      if (first <= startIndex || first > lastIndex() + 1) {
        throw new IllegalStateException(
            "write of entries from " + first + " to a log of " + (startIndex + 1) + ".." + lastIndex());
      }
      overwritten = first <= lastIndex();
      truncate(first);
      write.entries().forEach(this::add);
    }
    HardState newState = write.hardState();
    if (newState != null) {
      hardState = newState;
    }
    return overwritten;
  }

  /** Lets go of the entries up to and including {@code index}. */
  public void compact(long index) {
    if (index <= startIndex || index > lastIndex()) {
      return;
    }
    long term = termAt(index);
    long hash = hashAt(index);
    int count = (int) (index - startIndex);
    entries.subList(0, count).clear();
    hashes.subList(0, count).clear();
    startIndex = index;
    startTerm = term;
    startHash = hash;
  }

  /**
   * Makes the changes of one batch, which belong together.
   *
   * @param committedHash as in {@link #write}
   * @return what is wrong with the log after that, null if nothing is
   */
  @Nullable String apply(List<StoredChange> changes, LongUnaryOperator committedHash) {
    NavigableMap<Long, Entry> beyond = new TreeMap<>();
    for (StoredChange change : changes) {
      switch (change) {
        case StoredChange.Put put -> put(put.entry(), beyond);
        case StoredChange.Cut cut -> {
          beyond.subMap(cut.from(), Math.max(cut.from(), cut.to())).clear();
          cut(cut.from(), cut.to(), beyond);
        }
        case StoredChange.Hard hard -> hardState = hard.state();
        case StoredChange.Start begin -> begin(begin, beyond, committedHash);
        case StoredChange.Replaced replaced -> start = replaced.snapshot();
      }
    }
    for (Entry entry = beyond.remove(lastIndex() + 1); entry != null; entry = beyond.remove(lastIndex() + 1)) {
      add(entry);
    }
    return beyond.isEmpty() ? null : "entries " + beyond.keySet() + " are stored beyond a gap after " + lastIndex();
  }

  private void put(Entry entry, NavigableMap<Long, Entry> beyond) {
    if (entry.index() == lastIndex() + 1) {
      beyond.remove(entry.index());
      add(entry);
    } else if (entry.index() > lastIndex() || entry.index() <= startIndex) {
      beyond.put(entry.index(), entry);
    } else if (!entry(entry.index()).equals(entry)) {
      // One entry takes another's place; those behind it stay until they are deleted.
      long end = lastIndex();
      for (long index = entry.index() + 1; index <= end; index++) {
        beyond.put(index, entry(index));
      }
      truncate(entry.index());
      add(entry);
    }
  }

  private void cut(long from, long to, NavigableMap<Long, Entry> beyond) {
    long end = lastIndex();
    long first = Math.max(from, startIndex + 1);
    if (first > end || first >= to) {
      return;
    }
    for (long index = Math.min(to, end + 1); index <= end; index++) {
      beyond.put(index, entry(index));
    }
    // What a compaction deletes lies before its start, which comes first in the batch: here only ends are cut off.
    truncate(first);
  }

  /** The start moves: by compaction within the log, or because a snapshot took the log's place. */
  private void begin(StoredChange.Start begin, NavigableMap<Long, Entry> beyond, LongUnaryOperator committedHash) {
    if (begin.index() <= lastIndex() && termAt(begin.index()) == begin.term()) {
      compact(begin.index());
      return;
    }
    long end = lastIndex();
    for (long index = startIndex + 1; index <= end; index++) {
      beyond.put(index, entry(index));
    }
    entries.clear();
    hashes.clear();
    startIndex = begin.index();
    startTerm = begin.term();
    startHash = startIndex == 0 ? 1 : committedHash.applyAsLong(startIndex);
  }

  private void add(Entry entry) {
    hashes.add(extend(hashAt(lastIndex()), entry));
    entries.add(entry);
  }

  private void truncate(long from) {
    int keep = (int) (from - startIndex - 1);
    entries.subList(keep, entries.size()).clear();
    hashes.subList(keep, hashes.size()).clear();
  }

  /** The hash over a log that ends with {@code entry}, given the hash over what comes before it. */
  public static long extend(long hash, Entry entry) {
    long h = SimRandom.mix(hash * 31 + entry.term());
    h = SimRandom.mix(h + entry.index());
    h = switch (entry) {
      case Entry.Normal normal -> mixBytes(h, normal.data());
      case Entry.Membership membership -> SimRandom.mix(h ^ membership.change().toString().hashCode());
    };
    return h == NO_HASH ? 1 : h;
  }

  /** Mixes bytes into a hash. */
  public static long mixBytes(long hash, byte[] data) {
    long h = hash ^ data.length;
    for (byte b : data) {
      h = h * 0x100000001B3L ^ b;
    }
    return SimRandom.mix(h);
  }
}
