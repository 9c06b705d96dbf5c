package io.raftoral.storage.log;

import io.raftoral.raft.driver.GroupLog;
import io.raftoral.raft.driver.LogStore;
import io.raftoral.raft.driver.LogWrite;
import io.raftoral.raft.message.Entry;
import io.raftoral.storage.StorageException;
import io.raftoral.storage.log.StoredGroupLog.QueuedCompaction;
import io.raftoral.storage.log.StoredGroupLog.QueuedWrite;
import io.raftoral.storage.table.Family;
import io.raftoral.storage.table.RawBatch;
import io.raftoral.storage.table.Table;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log store proper, without a thread: calls are queued, and whoever does the disk's work (a thread in production, an
 * event in the simulation) takes everything that waits, appends it as one batch, syncs once and answers in order. So one
 * sync serves all groups and all calls that came while the one before was under way; the busier the node, the fewer syncs
 * a write costs.
 *
 * <p>The worker alternates {@link #appendWaiting()} and {@link #syncAndAnswer()}, from one thread at a time.
 *
 * <p><strong>After a failure nothing is ever acknowledged.</strong> A failed sync may have dropped the very pages it was
 * to write, and a second one that succeeds says nothing about them (the "fsyncgate" of PostgreSQL, 2018). So the first
 * failure is final, for what was in the batch and for all that comes after.
 */
public final class GroupCommitLog implements LogStore {
  private static final Logger LOGGER = LoggerFactory.getLogger(GroupCommitLog.class);

  /** Calls that may wait. The driver has far fewer writes outstanding; more than this is a bug in it. */
  public static final int MAX_WAITING_CALLS = 1 << 16;

  /** Up to this many void entries are deleted one by one: every range tombstone costs later readers something. */
  private static final long MAX_SINGLE_DELETES = 256;

  private final Table table;
  private final String where;
  private final int maxBatchBytes;
  private final long tailCacheBytes;
  private final Runnable wake;
  private final Map<Long, StoredGroupLog> groups = new ConcurrentHashMap<>();
  private final LogCounters counters = new LogCounters();

  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Work> waiting = new ArrayDeque<>();
  /** Why nothing can be relied upon any more. */
  private @Nullable Throwable failure;
  /** Why new calls are turned away. Set together with a failure, or alone while closing. */
  private @Nullable Throwable refusal;
  private boolean silenced;

  // The worker's own.
  private final RawBatch batch = new RawBatch();
  private final List<Call> appended = new ArrayList<>();
  private int entriesInBatch;
  private boolean syncDue;

  /** What waits for the worker. */
  private sealed interface Work {
    long sizeBytes();
  }

  private record Call(List<QueuedWrite> writes, Completion done) implements Work {
    @Override
    public long sizeBytes() {
      long bytes = 0;
      for (QueuedWrite queued : writes) {
        for (Entry entry : queued.write().entries()) {
          bytes += entry.sizeBytes();
        }
      }
      return bytes;
    }
  }

  private record Drop(QueuedCompaction compaction) implements Work {
    @Override
    public long sizeBytes() {
      return 0;
    }
  }

  /**
   * Over an open table. Checks its format version.
   *
   * @param where names the store in messages
   * @param fresh whether the store may be one that was never used; it is then stamped with the format version
   * @param maxBatchBytes bound of a batch; a single call's writes are never split
   * @param tailCacheBytes entries kept in memory for each group
   * @param wake told when there is work and there was none before; called with no lock held
   */
  public GroupCommitLog(
      Table table, String where, boolean fresh, int maxBatchBytes, long tailCacheBytes, Runnable wake) {
    this.table = table;
    this.where = where;
    this.maxBatchBytes = maxBatchBytes;
    this.tailCacheBytes = tailCacheBytes;
    this.wake = wake;
    LogFormat.checkOrStamp(table, where, fresh);
  }

  @Override
  public GroupLog open(long group) {
    if (group <= 0) {
      throw new IllegalArgumentException("group must be positive, not " + group);
    }
    RecoveredLog recovered = RecoveredLog.read(table, where, group, index -> {});
    StoredGroupLog log = new StoredGroupLog(table, where, recovered, tailCacheBytes);
    if (groups.putIfAbsent(group, log) != null) {
      throw new IllegalStateException("group " + group + " was opened before");
    }
    return log;
  }

  /** {@inheritDoc} Called on the loop's thread. */
  @Override
  public void write(List<LogWrite> writes, Completion done) {
    List<QueuedWrite> queued = new ArrayList<>(writes.size());
    for (LogWrite write : writes) {
      queued.add(group(write.group()).queue(write));
    }
    Throwable refused = enqueue(new Call(queued, done));
    if (refused != null) {
      done.failed(refused);
    }
  }

  /** {@inheritDoc} Called on the loop's thread. The core stops seeing the entries at once; the disk follows. */
  @Override
  public void compact(long group, long index) {
    QueuedCompaction compaction = group(group).queueCompaction(index);
    if (!compaction.isEmpty()) {
      // A failure is not lost here: it was or will be told to every write, and the node stops.
      enqueue(new Drop(compaction));
    }
  }

  /**
   * Appends everything that waits, up to the bound of a batch.
   *
   * @return whether there was anything; if so, {@link #syncAndAnswer()} comes next
   */
  public boolean appendWaiting() {
    List<Work> taken = take();
    if (taken.isEmpty()) {
      return false;
    }
    for (Work work : taken) {
      if (work instanceof Call call) {
        appended.add(call);
      }
    }
    try {
      batch.clear();
      entriesInBatch = 0;
      for (Work work : taken) {
        switch (work) {
          case Call call -> call.writes().forEach(this::encode);
          case Drop drop -> encode(drop.compaction());
        }
      }
      table.append(batch);
      counters.appended(appended.size(), entriesInBatch, batch.sizeBytes());
    } catch (RuntimeException | Error e) {
      fail(e);
    }
    return true;
  }

  /** Whether the batch appended last has to be synced before it is answered. */
  public boolean syncIsDue() {
    return syncDue;
  }

  /** Makes the batch appended last durable, if that was asked for, and answers its calls. */
  public void syncAndAnswer() {
    if (syncDue && failure() == null) {
      try {
        long begin = System.nanoTime();
        table.sync();
        counters.synced(System.nanoTime() - begin);
      } catch (RuntimeException | Error e) {
        fail(e);
      }
    }
    syncDue = false;
    for (Call call : appended) {
      answer(call);
    }
    appended.clear();
    if (failure() != null) {
      for (Work work : takeAll()) {
        if (work instanceof Call call) {
          answer(call);
        }
      }
    }
  }

  private void answer(Call call) {
    if (isSilenced()) {
      return;
    }
    Throwable cause = failure();
    counters.answered();
    try {
      if (cause == null) {
        call.done().written();
      } else {
        call.done().failed(cause);
      }
    } catch (RuntimeException | Error e) {
      // Whoever waits was told something it could not take: its view of the log and ours may differ from here on.
      LOGGER.error("log store {}: the receiver of an answer failed; nothing more will be acknowledged", where, e);
      fail(e);
    }
  }

  /** From now on nothing is taken from the queue and nothing is answered; one answer may be under way. */
  public void silence() {
    lock.lock();
    try {
      silenced = true;
      waiting.clear();
    } finally {
      lock.unlock();
    }
  }

  /** From now on calls are turned away; what waits is still done. */
  public void refuse() {
    lock.lock();
    try {
      if (refusal == null) {
        refusal = new StorageException(StorageException.Kind.CLOSED, "log store " + where + " is closed");
      }
    } finally {
      lock.unlock();
    }
  }

  /** Nothing is ever acknowledged after this. */
  public void fail(Throwable cause) {
    lock.lock();
    try {
      if (failure == null) {
        failure = cause;
        refusal = cause;
      }
    } finally {
      lock.unlock();
    }
  }

  /** What was counted so far. Any thread. */
  public LogStats stats() {
    lock.lock();
    try {
      return counters.read(waiting.size());
    } finally {
      lock.unlock();
    }
  }

  /** Whether there is work for {@link #appendWaiting()}. */
  public boolean hasWaiting() {
    lock.lock();
    try {
      return !waiting.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  private StoredGroupLog group(long group) {
    StoredGroupLog log = groups.get(group);
    if (log == null) {
      throw new IllegalStateException("group " + group + " was not opened");
    }
    return log;
  }

  /** Returns why the work was turned away, or null. */
  private @Nullable Throwable enqueue(Work work) {
    boolean wasEmpty;
    lock.lock();
    try {
      if (silenced) {
        return null;
      }
      if (refusal != null) {
        return refusal;
      }
      if (waiting.size() >= MAX_WAITING_CALLS) {
        throw new IllegalStateException(
            "more than " + MAX_WAITING_CALLS + " writes wait for log store " + where + "; the driver must bound them");
      }
      wasEmpty = waiting.isEmpty();
      waiting.add(work);
    } finally {
      lock.unlock();
    }
    if (wasEmpty) {
      wake.run();
    }
    return null;
  }

  private List<Work> take() {
    List<Work> taken = new ArrayList<>();
    lock.lock();
    try {
      long bytes = 0;
      while (!waiting.isEmpty()) {
        bytes += waiting.getFirst().sizeBytes();
        if (bytes > maxBatchBytes && !taken.isEmpty()) {
          break;
        }
        taken.add(waiting.removeFirst());
      }
    } finally {
      lock.unlock();
    }
    return taken;
  }

  private List<Work> takeAll() {
    lock.lock();
    try {
      List<Work> taken = List.copyOf(waiting);
      waiting.clear();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private void encode(QueuedWrite queued) {
    LogWrite write = queued.write();
    long group = write.group();
    deleteEntries(group, queued.voidFrom(), queued.voidTo());
    if (write.snapshot() != null) {
      LogRecords.putStart(batch, group, new LogStart(write.snapshot().index(), write.snapshot().term()));
      LogRecords.putSnapshot(batch, group, write.snapshot());
    }
    for (Entry entry : write.entries()) {
      LogRecords.putEntry(batch, group, entry);
    }
    if (write.hardState() != null) {
      LogRecords.putHardState(batch, group, write.hardState());
    }
    entriesInBatch += write.entries().size();
    syncDue |= write.sync();
  }

  private void encode(QueuedCompaction compaction) {
    // One batch moves the start and drops the entries. It need not be synced: if it is lost, the log is only longer.
    LogRecords.putStart(batch, compaction.group(), compaction.start());
    deleteEntries(compaction.group(), compaction.from(), compaction.start().index() + 1);
  }

  private void deleteEntries(long group, long from, long to) {
    if (to - from > MAX_SINGLE_DELETES) {
      batch.deleteRange(Family.LOG, LogKeys.entry(group, from), LogKeys.entry(group, to));
      return;
    }
    for (long index = from; index < to; index++) {
      batch.delete(Family.LOG, LogKeys.entry(group, index));
    }
  }

  private @Nullable Throwable failure() {
    lock.lock();
    try {
      return failure;
    } finally {
      lock.unlock();
    }
  }

  private boolean isSilenced() {
    lock.lock();
    try {
      return silenced;
    } finally {
      lock.unlock();
    }
  }
}
