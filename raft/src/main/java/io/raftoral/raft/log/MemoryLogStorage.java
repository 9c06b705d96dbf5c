package io.raftoral.raft.log;

import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A log in memory: for tests, examples, and embedders whose node may forget everything when its process ends.
 * Confined to the thread that owns the core.
 */
public final class MemoryLogStorage implements LogStorage {
  private final ArrayList<Entry> entries = new ArrayList<>();
  private HardState hardState = HardState.EMPTY;
  private ConfState confState;
  private Snapshot snapshot = new Snapshot(SnapshotMetadata.EMPTY, new byte[0]);
  // The entry before the first one, known by its index and term alone.
  private long compactedIndex;
  private long compactedTerm;

  /** An empty log of a group that starts with this configuration. */
  public MemoryLogStorage(ConfState confState) {
    this.confState = confState;
  }

  /** Makes one Ready's writes durable, as far as memory is. */
  public void write(@Nullable HardState newHardState, @Nullable Snapshot newSnapshot, List<Entry> newEntries) {
    if (newSnapshot != null) {
      install(newSnapshot);
    }
    append(newEntries);
    if (newHardState != null) {
      hardState = newHardState;
    }
  }

  /** Puts entries in place of everything from the first one's index on. */
  public void append(List<Entry> newEntries) {
    if (newEntries.isEmpty()) {
      return;
    }
    long first = newEntries.getFirst().index();
    if (first <= compactedIndex || first > lastIndex() + 1) {
      throw new IndexOutOfBoundsException(
          "entries from " + first + " do not continue a log from " + firstIndex() + " to " + lastIndex());
    }
    if (first <= lastIndex()) {
      entries.subList((int) (first - firstIndex()), entries.size()).clear();
    }
    entries.addAll(newEntries);
  }

  /** Replaces the whole log by a snapshot. */
  public void install(Snapshot newSnapshot) {
    snapshot = newSnapshot;
    confState = newSnapshot.metadata().confState();
    entries.clear();
    compactedIndex = newSnapshot.metadata().index();
    compactedTerm = newSnapshot.metadata().term();
  }

  /** Remembers a snapshot of the state machine at {@code index}; the log stays as it is. */
  public void createSnapshot(long index, ConfState at, byte[] data) {
    snapshot = new Snapshot(new SnapshotMetadata(index, term(index), at), data);
  }

  /** Lets go of the entries up to and including {@code index}. */
  public void compact(long index) {
    if (index <= compactedIndex) {
      return;
    }
    long term = term(index);
    entries.subList(0, (int) (index + 1 - firstIndex())).clear();
    compactedIndex = index;
    compactedTerm = term;
  }

  /** Sets the hard state. */
  public void hardState(HardState newHardState) {
    hardState = newHardState;
  }

  /** Sets the configuration as of the applied index. */
  public void confState(ConfState newConfState) {
    confState = newConfState;
  }

  @Override
  public HardState hardState() {
    return hardState;
  }

  @Override
  public ConfState confState() {
    return confState;
  }

  @Override
  public long firstIndex() {
    return compactedIndex + 1;
  }

  @Override
  public long lastIndex() {
    return compactedIndex + entries.size();
  }

  @Override
  public long term(long index) {
    if (index == compactedIndex) {
      return compactedTerm;
    }
    if (index < compactedIndex) {
      throw new CompactedException(index, firstIndex());
    }
    return entries.get((int) (index - firstIndex())).term();
  }

  @Override
  public List<Entry> entries(long from, long to, long maxBytes) {
    if (from < firstIndex()) {
      throw new CompactedException(from, firstIndex());
    }
    int start = (int) (from - firstIndex());
    int limit = (int) (to - firstIndex());
    int end = start + 1;
    long bytes = entries.get(start).sizeBytes();
    while (end < limit) {
      bytes += entries.get(end).sizeBytes();
      if (bytes > maxBytes) {
        break;
      }
      end++;
    }
    return List.copyOf(entries.subList(start, end));
  }

  /** The snapshot that was created or installed last. */
  @Override
  public Snapshot snapshot() {
    if (snapshot.metadata().index() == 0) {
      throw new SnapshotUnavailableException("no snapshot was made yet");
    }
    return snapshot;
  }
}
