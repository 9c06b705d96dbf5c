package io.raftoral.storage.log;

import io.raftoral.raft.driver.GroupLog;
import io.raftoral.raft.driver.LogWrite;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.storage.table.Family;
import io.raftoral.storage.table.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * One group's log as the core reads it: exactly what was acknowledged to the loop, whatever the disk may already hold.
 *
 * <p>Two ends move here. The <em>acknowledged</em> one (fields without a prefix) is what the core sees. The
 * <em>queued</em> one is where the log will end once everything that was handed to the store is written; it says which
 * stored entries a write replaces. Both are confined to the loop's thread, like the whole class.
 */
final class StoredGroupLog implements GroupLog {
  private final Table table;
  private final String where;
  private final long group;
  private final TermRuns runs;
  private final TailCache tail;

  private HardState hardState;
  private SnapshotMetadata snapshot;
  private LogStart start;
  private long last;

  private long queuedFirst;
  private long queuedLast;

  StoredGroupLog(Table table, String where, RecoveredLog recovered, long tailCacheBytes) {
    this.table = table;
    this.where = where;
    this.group = recovered.group();
    this.hardState = recovered.hardState();
    this.snapshot = recovered.snapshot();
    this.start = recovered.start();
    this.last = recovered.last();
    this.runs = recovered.runs();
    this.tail = new TailCache(tailCacheBytes, last + 1);
    this.queuedFirst = start.index() + 1;
    this.queuedLast = last;
  }

  @Override
  public HardState hardState() {
    return hardState;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The log knows only the configuration of the last snapshot that replaced it; where the state machine has applied
   * more, it knows better.
   */
  @Override
  public ConfState confState() {
    return snapshot.confState();
  }

  @Override
  public long firstIndex() {
    return start.index() + 1;
  }

  @Override
  public long lastIndex() {
    return last;
  }

  @Override
  public long term(long index) {
    if (index < start.index()) {
      throw new CompactedException(index, firstIndex());
    }
    if (index > last) {
      throw new IndexOutOfBoundsException("entry " + index + " of group " + group + " is beyond the last one, " + last);
    }
    return index == start.index() ? start.term() : runs.term(index);
  }

  @Override
  public List<Entry> entries(long from, long to, long maxBytes) {
    if (from <= start.index()) {
      throw new CompactedException(from, firstIndex());
    }
    if (to > last + 1) {
      throw new IndexOutOfBoundsException(
          "entries up to " + (to - 1) + " of group " + group + " were asked for; the last one is " + last);
    }
    List<Entry> entries = new ArrayList<>();
    ByteBudget budget = new ByteBudget(maxBytes);
    boolean more = from < to;
    if (more && from < tail.first()) {
      more = readStored(from, Math.min(to, tail.first()), budget, entries);
    }
    if (more) {
      tail.copy(from + entries.size(), to, budget, entries);
    }
    return entries;
  }

  private boolean readStored(long from, long to, ByteBudget budget, List<Entry> into) {
    boolean[] full = new boolean[1];
    table.scan(
        Family.LOG,
        LogKeys.entry(group, from),
        LogKeys.entry(group, to),
        (key, value) -> {
          Entry entry = LogRecords.entry(where, key, value);
          long expected = from + into.size();
          if (entry.index() != expected || entry.term() != runs.term(expected)) {
            throw Damage.of(
                where,
                "entry " + expected + " of term " + runs.term(expected) + " of group " + group + " was acknowledged, but entry "
                    + entry.index() + " of term " + entry.term() + " is there");
          }
          if (!budget.take(entry.sizeBytes())) {
            full[0] = true;
            return false;
          }
          into.add(entry);
          return true;
        });
    if (!full[0] && from + into.size() != to) {
      throw Damage.of(where, "entries " + (from + into.size()) + " to " + (to - 1) + " of group " + group + " are missing");
    }
    return !full[0];
  }

  @Override
  public Snapshot snapshot() {
    throw new SnapshotUnavailableException("the log of group " + group + " holds no state; the state machine does");
  }

  @Override
  public void persisted(LogWrite write) {
    if (write.hardState() != null) {
      hardState = write.hardState();
    }
    SnapshotMetadata installed = write.snapshot();
    if (installed != null) {
      snapshot = installed;
      start = new LogStart(installed.index(), installed.term());
      last = installed.index();
      runs.truncateFrom(0);
      tail.reset(last + 1);
    }
    if (!write.entries().isEmpty()) {
      long from = write.entries().getFirst().index();
      if (from > last + 1 || from <= start.index()) {
        throw new IllegalStateException(
            "entries from " + from + " of group " + group + " were acknowledged out of order: the log is "
                + firstIndex() + " to " + last);
      }
      runs.truncateFrom(from);
      tail.truncateFrom(from);
      for (Entry entry : write.entries()) {
        runs.append(entry.index(), entry.term());
        tail.append(entry);
      }
      last = write.entries().getLast().index();
    }
  }

  /** Takes note that {@code write} is on its way, and works out which stored entries it makes void. */
  QueuedWrite queue(LogWrite write) {
    long first = queuedFirst;
    long end = queuedLast;
    List<Entry> entries = write.entries();
    SnapshotMetadata installed = write.snapshot();
    if (installed != null) {
      first = installed.index() + 1;
      end = installed.index();
    }
    long expected = entries.isEmpty() ? 0 : entries.getFirst().index();
    if (!entries.isEmpty() && (expected < first || expected > end + 1)) {
      throw new IllegalArgumentException(
          "entry " + expected + " of group " + group + " does not fit to the log of entries " + first + " to " + end);
    }
    for (Entry entry : entries) {
      if (entry.index() != expected++) {
        throw new IllegalArgumentException(
            "entry " + entry.index() + " of group " + group + " stands where " + (expected - 1) + " is due");
      }
    }
    if (!entries.isEmpty()) {
      end = entries.getLast().index();
    }
    long voidFrom = installed != null ? queuedFirst : end + 1;
    long voidTo = queuedLast + 1;
    queuedFirst = first;
    queuedLast = end;
    return new QueuedWrite(write, voidFrom, Math.max(voidFrom, voidTo));
  }

  /** Drops the entries up to {@code index} from what the core sees, and says what the store has to do for it. */
  QueuedCompaction queueCompaction(long index) {
    if (index > last) {
      throw new IllegalArgumentException(
          "log of group " + group + " cannot be compacted up to " + index + ", beyond its last durable entry " + last);
    }
    if (index < queuedFirst || index <= start.index()) {
      return QueuedCompaction.NOTHING;
    }
    LogStart newStart = new LogStart(index, term(index));
    QueuedCompaction compaction = new QueuedCompaction(group, queuedFirst, newStart);
    start = newStart;
    runs.dropBelow(index + 1);
    tail.dropBelow(index + 1);
    queuedFirst = index + 1;
    return compaction;
  }

  /**
   * A write and the stored entries {@code [voidFrom, voidTo)} that it makes void beyond those that it overwrites.
   */
  record QueuedWrite(LogWrite write, long voidFrom, long voidTo) {}

  /** The entries {@code [from, start.index()]} are to go. */
  record QueuedCompaction(long group, long from, LogStart start) {
    static final QueuedCompaction NOTHING = new QueuedCompaction(0, 1, LogStart.ZERO);

    boolean isEmpty() {
      return from > start.index();
    }
  }
}
