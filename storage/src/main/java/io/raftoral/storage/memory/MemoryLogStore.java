package io.raftoral.storage.memory;

import io.raftoral.raft.driver.GroupLog;
import io.raftoral.raft.driver.LogStore;
import io.raftoral.raft.driver.LogWrite;
import io.raftoral.storage.log.GroupCommitLog;
import io.raftoral.storage.log.LogStats;
import io.raftoral.storage.table.Table;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The production log store over a {@link MemoryDisk}. It has no thread: what the disk has to do is handed to an executor,
 * a step at a time.
 *
 * <ol>
 *   <li>A task that writes one batch of everything that waits to the disk. From here on a crash may keep it or lose it.
 *   <li>If one of the calls asked for it, a task that syncs, and answers the calls of the batch, all before it returns.
 * </ol>
 *
 * <p>There is never more than one task outstanding, and the next one is handed over by the one before. So an executor
 * that runs tasks when it likes makes a disk of any slowness; one that drops its task makes a disk that hangs; a {@link
 * MemoryDisk#crash} between two tasks is a crash at that point of the disk's work; {@link MemoryDisk#failWrites} and
 * {@link MemoryDisk#failSyncs} make the next task fail. An executor that runs tasks at once ({@code Runnable::run}) makes
 * an ideal disk, whose answers come before {@code write} returns. Given the same calls and tasks, the same happens.
 */
public final class MemoryLogStore implements LogStore, AutoCloseable {
  /** As in production, where it is an option. */
  private static final int MAX_BATCH_BYTES = 8 << 20;

  private static final long TAIL_CACHE_BYTES = 1 << 20;

  private final Table table;
  private final Executor worker;
  private final GroupCommitLog log;
  private final AtomicBoolean busy = new AtomicBoolean();

  /** With the usual bounds. */
  public MemoryLogStore(MemoryDisk disk, Executor worker) {
    this(disk, worker, MAX_BATCH_BYTES, TAIL_CACHE_BYTES);
  }

  /**
   * With bounds so small, perhaps, that they matter.
   *
   * @param worker runs the tasks of the disk, in the order in which it gets them
   * @param maxBatchBytes bound of what is written together
   * @param tailCacheBytes entries kept in memory for each group; others are read from the disk, at once
   */
  public MemoryLogStore(MemoryDisk disk, Executor worker, int maxBatchBytes, long tailCacheBytes) {
    this.table = disk.attach();
    this.worker = worker;
    this.log = new GroupCommitLog(table, "in memory", true, maxBatchBytes, tailCacheBytes, this::wake);
  }

  @Override
  public GroupLog open(long group) {
    return log.open(group);
  }

  @Override
  public void write(List<LogWrite> writes, Completion done) {
    log.write(writes, done);
  }

  @Override
  public void compact(long group, long index) {
    log.compact(group, index);
  }

  /** What was counted since the store was opened. */
  public LogStats stats() {
    return log.stats();
  }

  /**
   * Refuses new writes, does what waits here and now, then closes. Not to be called while a task runs.
   */
  @Override
  public void close() {
    log.refuse();
    if (busy.get()) {
      log.syncAndAnswer();
    }
    while (log.appendWaiting()) {
      log.syncAndAnswer();
    }
    table.close();
  }

  /** As if the process had been killed: nothing more is written or answered. The disk keeps what was written. */
  public void abandon() {
    log.silence();
    table.close();
  }

  private void wake() {
    if (busy.compareAndSet(false, true)) {
      worker.execute(this::append);
    }
  }

  private void append() {
    if (!log.appendWaiting()) {
      idle();
    } else if (log.syncIsDue()) {
      worker.execute(this::finish);
    } else {
      finish();
    }
  }

  private void finish() {
    log.syncAndAnswer();
    idle();
  }

  private void idle() {
    busy.set(false);
    if (log.hasWaiting()) {
      wake();
    }
  }
}
