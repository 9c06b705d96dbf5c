package io.raftoral.benchmarks.driver;

import io.raftoral.raft.driver.GroupLog;
import io.raftoral.raft.driver.LogStore;
import io.raftoral.raft.driver.LogWrite;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A log on the heap, durable as soon as it is written: a disk that costs nothing. One group, driven by one loop. */
final class HeapLog implements LogStore, GroupLog {
  private HardState hardState = HardState.EMPTY;
  private long startIndex;
  private long startTerm;

  /** Entry {@code startIndex + 1 + i} is at {@code offset + i}; what lies before was compacted. */
  private final List<@Nullable Entry> entries = new ArrayList<>();

  private int offset;

  @Override
  public GroupLog open(long group) {
    return this;
  }

  @Override
  public void write(List<LogWrite> writes, Completion done) {
    done.written();
  }

  @Override
  public void persisted(LogWrite write) {
    if (write.hardState() != null) {
      hardState = write.hardState();
    }
    SnapshotMetadata snapshot = write.snapshot();
    if (snapshot != null) {
      entries.clear();
      offset = 0;
      startIndex = snapshot.index();
      startTerm = snapshot.term();
    }
    if (!write.entries().isEmpty()) {
      int keep = offset + (int) (write.entries().getFirst().index() - startIndex - 1);
      entries.subList(keep, entries.size()).clear();
      entries.addAll(write.entries());
    }
  }

  @Override
  public void compact(long group, long index) {
    startTerm = term(index);
    for (; startIndex < index; startIndex++) {
      entries.set(offset++, null);
    }
    if (offset > entries.size() / 2) {
      entries.subList(0, offset).clear();
      offset = 0;
    }
  }

  @Override
  public HardState hardState() {
    return hardState;
  }

  @Override
  public ConfState confState() {
    return ConfState.EMPTY;
  }

  @Override
  public long firstIndex() {
    return startIndex + 1;
  }

  @Override
  public long lastIndex() {
    return startIndex + entries.size() - offset;
  }

  @Override
  public long term(long index) {
    if (index < startIndex) {
      throw new CompactedException(index, firstIndex());
    }
    return index == startIndex ? startTerm : entry(index).term();
  }

  @Override
  public List<Entry> entries(long from, long to, long maxBytes) {
    if (from <= startIndex) {
      throw new CompactedException(from, firstIndex());
    }
    List<Entry> found = new ArrayList<>();
    long bytes = 0;
    for (long index = from; index < to; index++) {
      Entry entry = entry(index);
      bytes += entry.sizeBytes();
      if (!found.isEmpty() && bytes > maxBytes) {
        break;
      }
      found.add(entry);
    }
    return found;
  }

  @Override
  public Snapshot snapshot() {
    throw new SnapshotUnavailableException("the driver keeps the snapshots");
  }

  private Entry entry(long index) {
    Entry entry = entries.get(offset + (int) (index - startIndex - 1));
    if (entry == null) {
      throw new CompactedException(index, firstIndex());
    }
    return entry;
  }
}
