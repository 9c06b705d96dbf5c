package io.raftoral.simulation.disk;

import io.raftoral.raft.driver.LogWrite;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.simulation.world.SimRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

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
      for (Entry entry : write.entries()) {
        long hash = extend(hashAt(lastIndex()), entry);
        entries.add(entry);
        hashes.add(hash);
      }
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
