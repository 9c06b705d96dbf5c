package io.raftoral.raft.driver;

import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.raft.membership.ConfState;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory on which a write is in flight until the test lets it finish. Power cuts lose what is in flight, and
 * what was written without sync after the last synced write.
 */
final class TestDisk implements LogStore {

  /** A call of {@link #write} that is not finished. */
  private record Pending(List<LogWrite> writes, Completion done) {}

  private final SortedMap<Long, LogImage> synced = new TreeMap<>();
  private final SortedMap<Long, LogImage> open = new TreeMap<>();
  private final List<LogWrite> unsynced = new ArrayList<>();
  private Queue<Pending> pending = new ArrayDeque<>();

  /** While true nothing in flight finishes. */
  boolean stalled;

  /** If not null, the next write fails with it. */
  @Nullable RuntimeException failure;

  /** Breaks the contract. */
  boolean answersTwice;

  /** How often something was written, and how many groups took part in the last write. */
  int writes;

  int groupsInLastWrite;

  @Override
  public GroupLog open(long group) {
    LogImage copy = image(group).copy();
    open.put(group, copy);
    return copy;
  }

  @Override
  public void write(List<LogWrite> writes, Completion done) {
    this.writes++;
    this.groupsInLastWrite = writes.size();
    pending.add(new Pending(List.copyOf(writes), done));
  }

  @Override
  public void compact(long group, long index) {
    image(group).compact(index);
    LogImage read = open.get(group);
    if (read != null) {
      read.compact(index);
    }
  }

  boolean hasWork() {
    return !stalled && !pending.isEmpty();
  }

  int inFlight() {
    return pending.size();
  }

  /** The oldest write in flight finishes. */
  void finishOne() {
    Pending oldest = pending.remove();
    if (failure != null) {
      oldest.done.failed(failure);
      return;
    }
    unsynced.addAll(oldest.writes);
    if (oldest.writes.stream().anyMatch(LogWrite::sync)) {
      sync();
    }
    oldest.done.written();
    if (answersTwice) {
      oldest.done.written();
    }
  }

  /** Power is cut: what was not synced is gone, and nobody will be told. */
  void powerCut() {
    pending = new ArrayDeque<>();
    unsynced.clear();
  }

  /** What a restart would find. */
  LogImage image(long group) {
    return synced.computeIfAbsent(group, _ -> new LogImage());
  }

  private void sync() {
    for (LogWrite write : unsynced) {
      image(write.group()).persisted(write);
    }
    unsynced.clear();
  }

  /** One group's log. */
  static final class LogImage implements GroupLog {
    private HardState hardState = HardState.EMPTY;
    private long startIndex;
    private long startTerm;
    private List<Entry> entries = new ArrayList<>();

    LogImage copy() {
      LogImage copy = new LogImage();
      copy.hardState = hardState;
      copy.startIndex = startIndex;
      copy.startTerm = startTerm;
      copy.entries = new ArrayList<>(entries);
      return copy;
    }

    @Override
    public void persisted(LogWrite write) {
      if (write.hardState() != null) {
        hardState = write.hardState();
      }
      SnapshotMetadata snapshot = write.snapshot();
      if (snapshot != null) {
        startIndex = snapshot.index();
        startTerm = snapshot.term();
        entries.clear();
      }
      if (!write.entries().isEmpty()) {
        int keep = (int) (write.entries().getFirst().index() - startIndex - 1);
        if (keep > entries.size() || keep < 0) {
          throw new AssertionError("writing " + write.entries().getFirst() + " leaves a gap after " + lastIndex());
        }
        entries.subList(keep, entries.size()).clear();
        entries.addAll(write.entries());
      }
    }

    void compact(long index) {
      if (index > startIndex) {
        long term = term(index);
        entries = new ArrayList<>(entries.subList((int) (index - startIndex), entries.size()));
        startIndex = index;
        startTerm = term;
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
      return startIndex + entries.size();
    }

    @Override
    public long term(long index) {
      if (index < startIndex) {
        throw new CompactedException(index, firstIndex());
      }
      return index == startIndex ? startTerm : entries.get((int) (index - startIndex - 1)).term();
    }

    @Override
    public List<Entry> entries(long from, long to, long maxBytes) {
      if (from <= startIndex) {
        throw new CompactedException(from, firstIndex());
      }
      List<Entry> found = new ArrayList<>();
      long bytes = 0;
      for (long index = from; index < to; index++) {
        Entry entry = entries.get((int) (index - startIndex - 1));
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
  }
}
