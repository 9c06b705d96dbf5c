package io.raftoral.storage.rocksdb;

import io.raftoral.raft.driver.GroupLog;
import io.raftoral.raft.driver.LogStore;
import io.raftoral.raft.driver.LogWrite;
import io.raftoral.storage.log.GroupCommitLog;
import io.raftoral.storage.log.LogStats;
import io.raftoral.storage.table.Family;
import io.raftoral.storage.table.Table;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Statistics;

/**
 * The logs of all groups of a node in one RocksDB.
 *
 * <p>One platform thread, named {@code raftoral-log}, writes and syncs; calls into RocksDB would hold the carrier of a
 * virtual one. {@link #open(long)}, {@link #write} and {@link #compact} and the logs themselves belong to the loop's
 * thread; the rest may be called from any.
 */
public final class RocksLogStore implements LogStore, AutoCloseable {
  private final RocksTable rocks;
  private final GroupCommitLog log;
  private final Thread worker;
  private volatile boolean stopping;

  private RocksLogStore(
      RocksTable rocks, UnaryOperator<Table> disk, String where, boolean fresh, LogStoreOptions options) {
    this.rocks = rocks;
    this.worker = Thread.ofPlatform().name("raftoral-log").daemon().unstarted(this::work);
    this.log =
        new GroupCommitLog(
            disk.apply(rocks),
            where,
            fresh,
            options.maxBatchBytes(),
            options.tailCacheBytes(),
            () -> LockSupport.unpark(worker()));
  }

  /**
   * Opens the store in {@code directory}, created if it was never there.
   *
   * @throws io.raftoral.storage.StorageException if it is in use, damaged, of a newer format, or the disk fails
   */
  public static RocksLogStore open(Path directory, LogStoreOptions options) {
    return open(directory, options, UnaryOperator.identity(), null);
  }

  /**
   * Like {@link #open(Path, LogStoreOptions)}, but never waits for the disk. <b>For measuring what syncs cost, and for
   * nothing else</b>: what this store acknowledges is gone after a power cut, votes included.
   */
  public static RocksLogStore openWithoutSync(Path directory, LogStoreOptions options) {
    return open(directory, options, Unsynced::new, null);
  }

  /**
   * For tests.
   *
   * @param disk may put something that fails between the store and the database
   */
  static RocksLogStore open(
      Path directory, LogStoreOptions options, UnaryOperator<Table> disk, @Nullable Statistics statistics) {
    String name = "log store " + directory;
    RocksFiles files = new RocksFiles(directory, name);
    boolean created = files.created();
    NewestWal wal = new NewestWal(directory, name);
    if (created) {
      wal.check();
    }
    RocksTable rocks =
        RocksTable.open(
            directory,
            name,
            RocksTuning.forLog(options, statistics).watching(wal),
            created ? RocksTable.Mode.EXISTING : RocksTable.Mode.CREATE);
    boolean ready = false;
    try {
      RocksLogStore store = new RocksLogStore(rocks, disk, directory.toString(), !created, options);
      files.markCreated();
      store.worker.start();
      ready = true;
      return store;
    } finally {
      if (!ready) {
        rocks.close();
      }
    }
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

  /** What the log takes on disk and in memory that is not yet on disk, about, in bytes. */
  public long sizeBytes() {
    return rocks.property(Family.LOG, "rocksdb.total-sst-files-size")
        + rocks.property(Family.LOG, "rocksdb.cur-size-all-mem-tables");
  }

  /** Refuses new writes, completes those that wait, then closes. */
  @Override
  public void close() {
    log.refuse();
    stop();
  }

  /**
   * As if the process had been killed: what waits is forgotten, and once this returns nothing more is acknowledged. Logs
   * that are still read throw {@code StorageException.Kind.CLOSED}. The directory may be opened again at once.
   */
  public void abandon() {
    log.silence();
    stop();
  }

  private Thread worker() {
    return worker;
  }

  private void stop() {
    stopping = true;
    LockSupport.unpark(worker);
    // Called from an answer, this would wait for itself; the worker closes the database when it is done.
    if (Thread.currentThread() != worker) {
      joinUninterruptibly(worker);
    }
  }

  private void work() {
    try {
      while (true) {
        // Read before looking for work: what was queued before stopping is then seen.
        boolean last = stopping;
        if (log.appendWaiting()) {
          log.syncAndAnswer();
        } else if (last) {
          return;
        } else if (!stopping) {
          // Looked at again, right before: the permit of the unpark that follows stopping may have been used up in
          // between, by waiting for the lock of the queue.
          LockSupport.park(this);
        }
      }
    } finally {
      rocks.close();
    }
  }

  private static void joinUninterruptibly(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
