package io.raftoral.simulation.disk;

import io.raftoral.raft.driver.GroupLog;
import io.raftoral.raft.driver.LogStore;
import io.raftoral.raft.driver.LogWrite;
import io.raftoral.raft.message.HardState;
import io.raftoral.simulation.plan.Fault.DiskPoint;
import io.raftoral.simulation.world.EventKind;
import io.raftoral.simulation.world.SimRandom;
import io.raftoral.simulation.world.World;
import io.raftoral.storage.log.GroupCommitLog;
import io.raftoral.storage.memory.MemoryDisk;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One node's disk for its logs. It outlives the process; a process opens a {@link Session} on it, which is the production
 * log store over a table in memory.
 *
 * <p>A batch passes three points, each an event of its own: it is <em>written</em> (in the machine's cache: the death of
 * the process does no harm), it is <em>synced</em> (durable), and the process is <em>told</em>. Writes that wait are
 * taken together by the log store, so that one sync serves them all. What a crash leaves depends on the point: of the
 * batches that are written and not synced, a machine that loses power keeps any prefix; a torn batch counts as absent,
 * for a real store finds it by its checksum.
 *
 * <p>What is durable is read from the bytes of the batches, and compared with what the process was told: whoever claims
 * too much, or reads back something else than was written, is found at once.
 */
public final class SimDisk {
  private final World world;
  private final int node;
  private final SimRandom random;
  private final DiskObserver observer;
  private final long writeNanos;
  private final long syncNanos;
  private final int maxBatchBytes;
  private final long tailCacheBytes;
  private MemoryDisk memory = new MemoryDisk();
  private final TreeMap<Long, LogImage> media = new TreeMap<>();
  private @Nullable Session session;
  private long slowSyncNanos;
  private boolean damaged;
  private @Nullable DiskPoint crashPoint;
  private int crashCountdown;
  private Runnable crash = () -> {};
  private long operations;

  /** An empty disk. */
  public SimDisk(World world, int node, long writeMicros, long syncMicros, DiskObserver observer) {
    this.world = world;
    this.node = node;
    this.random = world.random("disk." + node);
    this.observer = observer;
    this.writeNanos = writeMicros * 1_000;
    this.syncNanos = syncMicros * 1_000;
    // Small bounds now and then, so that batches are cut and old entries are read back from the table.
    SimRandom bounds = world.random("disk.bounds." + node);
    this.maxBatchBytes = bounds.pick(512, 16 << 10, 8 << 20);
    this.tailCacheBytes = bounds.pick(256L, 8L << 10, 1L << 20);
  }

  /** Told by the disk that the process has to die now. */
  public void onCrash(Runnable action) {
    crash = action;
  }

  /** What is durable of a group. */
  public LogImage media(long group) {
    return media.computeIfAbsent(group, key -> new LogImage());
  }

  /** What the process has open, null if none runs. */
  public @Nullable Session session() {
    return session;
  }

  /** How many disk operations there were. */
  public long operations() {
    return operations;
  }

  /** Each sync takes so much longer from now on. */
  public void slowDown(long extraSyncNanos) {
    slowSyncNanos = extraSyncNanos;
  }

  /** The next operation of this kind fails, if a process runs. */
  public void failNext(boolean sync) {
    if (session != null) {
      session.table.failNext(sync);
    }
  }

  /** A bit of a stored record, drawn at random, flips while nobody uses the disk: {@link #open()} has to notice. */
  public void damage() {
    if (session != null) {
      throw new IllegalStateException("the disk of node " + node + " is in use");
    }
    if (memory.records() > 0) {
      memory.flipBit(random.nextInt(memory.records()), random.nextInt(1 << 16));
      damaged = true;
    }
  }

  /**
   * Everything on the disk is lost, while nobody uses it. What was durable stays known to the checks: its acknowledgements
   * were true when they were sent, and still arrive.
   */
  public void wipe() {
    if (session != null) {
      throw new IllegalStateException("the disk of node " + node + " is in use");
    }
    memory = new MemoryDisk();
  }

  /** Whether a record is bad. */
  public boolean damaged() {
    return damaged;
  }

  /** The process dies at the {@code countdown}-th operation from now on, at this point of it. */
  public void crashAt(DiskPoint point, int countdown) {
    crashPoint = point;
    crashCountdown = countdown;
  }

  /** All faults that wait or last are taken back, save damage. */
  public void heal() {
    slowSyncNanos = 0;
    crashPoint = null;
    if (session != null) {
      session.table.failNoMore();
    }
  }

  /**
   * A process opens the disk.
   *
   * @throws io.raftoral.storage.StorageException if a record is damaged
   */
  public Session open() {
    if (session != null) {
      throw new IllegalStateException("disk of node " + node + " is open already");
    }
    Session opened = new Session();
    session = opened;
    return opened;
  }

  /** The process could not start; nothing was written. */
  public void abandon() {
    session = null;
  }

  /**
   * The process dies.
   *
   * @param power whether the machine loses power with it
   * @return how many batches were lost that had been written
   */
  public int crash(boolean power) {
    Session dying = session;
    session = null;
    if (dying == null) {
      return 0;
    }
    dying.closed = true;
    int written = dying.table.unsynced();
    int kept = power || dying.table.syncFailed() ? random.nextInt(written + 1) : written;
    memory.crash(kept);
    dying.table.settle(kept);
    return written - kept;
  }

  private void settled(List<StoredChange> batch) {
    TreeMap<Long, List<StoredChange>> byGroup = new TreeMap<>();
    for (StoredChange change : batch) {
      byGroup.computeIfAbsent(change.group(), key -> new ArrayList<>()).add(change);
    }
    byGroup.forEach(
        (group, changes) -> {
          LogImage image = media(group);
          String wrong = image.apply(changes, index -> observer.committedHash(group, index));
          if (wrong != null) {
            observer.wronglyStored(node, "a stored log without gaps in group " + group, wrong);
          }
          observer.durable(node, group, image);
        });
  }

  /** Whether the process has to die at this point of this operation. */
  private boolean crashesAt(DiskPoint point) {
    if (crashPoint != point || --crashCountdown > 0) {
      return false;
    }
    crashPoint = null;
    crash.run();
    return true;
  }

  /** The log of a group as it has to be on the disk once a write is acknowledged. */
  private record Expected(long lastIndex, long hash, HardState hardState) {
    static Expected of(LogImage image) {
      return new Expected(image.lastIndex(), image.hashAt(image.lastIndex()), image.hardState());
    }
  }

  /** The disk as one process sees it: the production log store, whose worker is the event queue. */
  public final class Session implements LogStore {
    private final SimTable table = new SimTable(memory.attach(), SimDisk.this::settled);
    private final TreeMap<Long, LogImage> issued = new TreeMap<>();
    private final Deque<Runnable> answers = new ArrayDeque<>();
    private final TreeMap<Long, Expected> promised = new TreeMap<>();
    private final GroupCommitLog log;
    private int outstanding;
    private boolean durabilityPromised;
    private boolean busy;
    private boolean closed;

    private Session() {
      log = new GroupCommitLog(table, "of node " + node, memory.records() == 0, maxBatchBytes, tailCacheBytes, this::wake);
    }

    @Override
    public GroupLog open(long group) {
      GroupLog opened = log.open(group);
      LogImage stored = media(group);
      boolean same =
          opened.lastIndex() == stored.lastIndex()
              && opened.firstIndex() == stored.startIndex() + 1
              && opened.hardState().equals(stored.hardState())
              && opened.term(stored.startIndex()) == stored.termAt(stored.startIndex())
              && opened.term(stored.lastIndex()) == stored.lastTerm();
      if (!same) {
        observer.wronglyStored(node,
            "the log " + (stored.startIndex() + 1) + " to " + stored.lastIndex() + " with " + stored.hardState()
                + ", which is on the disk",
            "opened " + opened.firstIndex() + " to " + opened.lastIndex() + " with " + opened.hardState());
      }
      return opened;
    }

    /** The log of a group as the process sees it: everything it has asked to be written. */
    public LogImage issued(long group) {
      return issued.computeIfAbsent(group, key -> new LogImage(media(key)));
    }

    @Override
    public void write(List<LogWrite> writes, Completion done) {
      if (closed) {
        return;
      }
      TreeMap<Long, Expected> after = new TreeMap<>();
      boolean sync = false;
      for (LogWrite write : writes) {
        LogImage image = issued(write.group());
        boolean overwritten = image.write(write, index -> observer.committedHash(write.group(), index));
        observer.issued(node, write.group(), write, image, overwritten);
        after.put(write.group(), Expected.of(image));
        sync |= write.sync();
      }
      observer.outstanding(node, ++outstanding);
      log.write(writes, new Answer(done, after, sync));
    }

    @Override
    public void compact(long group, long index) {
      if (closed) {
        return;
      }
      observer.compacted(node, group, index);
      issued(group).compact(index);
      log.compact(group, index);
    }

    /** Whether an operation failed, so that nothing more can be written. */
    public boolean broken() {
      return table.failed();
    }

    private void wake() {
      if (!busy && !closed) {
        busy = true;
        world.after(random.exponential((double) writeNanos), node, EventKind.DISK_WRITE, this::written);
      }
    }

    private void written() {
      if (closed) {
        return;
      }
      operations++;
      if (crashesAt(DiskPoint.BEFORE_WRITE)) {
        return;
      }
      boolean any = log.appendWaiting();
      if (any && crashesAt(DiskPoint.AFTER_WRITE)) {
        return;
      }
      if (any && log.syncIsDue() && !table.failed()) {
        long nanos = syncNanos / 2 + random.exponential(syncNanos / 2.0) + slowSyncNanos;
        world.after(nanos, node, EventKind.DISK_SYNC, this::synced);
      } else {
        answer();
      }
    }

    private void synced() {
      if (closed) {
        return;
      }
      operations++;
      answer();
    }

    /** Syncs if that is due; what the log store then has to say reaches the process a little later. */
    private void answer() {
      boolean synced = log.syncIsDue() && !table.failed();
      promised.clear();
      durabilityPromised = false;
      log.syncAndAnswer();
      if (durabilityPromised) {
        promised.forEach(this::compare);
      }
      if (synced && crashesAt(DiskPoint.AFTER_SYNC)) {
        return;
      }
      world.after(synced ? random.exponential(5_000) : 0, node, EventKind.DISK_DONE, this::told);
    }

    private void compare(long group, Expected expected) {
      Expected actual = Expected.of(media(group));
      if (!actual.equals(expected)) {
        observer.wronglyStored(node, "on the disk what was acknowledged in group " + group + ": " + expected, "" + actual);
      }
    }

    private void told() {
      if (closed) {
        return;
      }
      List<Runnable> now = new ArrayList<>(answers);
      answers.clear();
      busy = false;
      if (log.hasWaiting()) {
        wake();
      }
      now.forEach(Runnable::run);
    }

    /** What the log store has to say about one write, kept until the process hears it. */
    private final class Answer implements Completion {
      private final Completion done;
      private final Map<Long, Expected> after;
      private final boolean sync;

      Answer(Completion done, Map<Long, Expected> after, boolean sync) {
        this.done = done;
        this.after = after;
        this.sync = sync;
      }

      @Override
      public void written() {
        outstanding--;
        promised.putAll(after);
        durabilityPromised |= sync;
        answers.add(done::written);
      }

      @Override
      public void failed(Throwable cause) {
        outstanding--;
        if (busy) {
          answers.add(() -> done.failed(cause));
        } else {
          world.after(0, node, EventKind.DISK_DONE, () -> {
            if (!closed) {
              done.failed(cause);
            }
          });
        }
      }
    }
  }
}
