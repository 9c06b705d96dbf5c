package io.raftoral.simulation.disk;

import io.raftoral.raft.driver.GroupLog;
import io.raftoral.raft.driver.LogStore;
import io.raftoral.raft.driver.LogWrite;
import io.raftoral.simulation.plan.Fault.DiskPoint;
import io.raftoral.simulation.world.EventKind;
import io.raftoral.simulation.world.SimRandom;
import io.raftoral.simulation.world.World;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One node's disk for its logs. It outlives the process; a process opens a {@link Session} on it.
 *
 * <p>A write passes three points, each an event of its own: it is <em>written</em> (in the machine's cache: the death of
 * the process does no harm), it is <em>synced</em> (durable), and the process is <em>told</em>. Writes that wait are
 * taken together, so that one sync serves them all, as a real store does. What a crash leaves depends on the point: of
 * what is written and not synced, a machine that loses power keeps any prefix, cut between two groups' writes; a torn
 * record counts as absent, for a real store finds it by its checksum.
 */
public final class SimDisk {
  /** Writes that one node may have outstanding; the driver promises a bound, and this is far above it. */
  public static final int MAX_OUTSTANDING = 4_096;

  private final World world;
  private final int node;
  private final SimRandom random;
  private final DiskObserver observer;
  private final long writeNanos;
  private final long syncNanos;
  private final TreeMap<Long, LogImage> media = new TreeMap<>();
  private final List<LogWrite> cached = new ArrayList<>();
  private @Nullable Session session;
  private long slowSyncNanos;
  private boolean failNextWrite;
  private boolean failNextSync;
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

  /** The next operation of this kind fails. */
  public void failNext(boolean sync) {
    failNextSync |= sync;
    failNextWrite |= !sync;
  }

  /** A stored record goes bad: {@link #open()} fails from now on. */
  public void damage() {
    damaged = true;
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
    failNextSync = false;
    failNextWrite = false;
    crashPoint = null;
  }

  /**
   * A process opens the disk.
   *
   * @throws IllegalStateException if a record is damaged, as a real store says when a checksum does not match
   */
  public Session open() {
    if (damaged) {
      throw new IllegalStateException("log of node " + node + ": a record's checksum does not match");
    }
    if (session != null) {
      throw new IllegalStateException("disk of node " + node + " is open already");
    }
    session = new Session();
    return session;
  }

  /**
   * The process dies.
   *
   * @param power whether the machine loses power with it
   * @return how many writes were lost that had been written
   */
  public int crash(boolean power) {
    Session dying = session;
    session = null;
    if (dying != null) {
      dying.closed = true;
      // The process may die in the middle of handing a batch to the machine.
      int begun = dying.batch.isEmpty() || dying.batchWritten ? 0 : random.nextInt(dying.batch.size() + 1);
      dying.batch.stream().limit(begun).forEach(operation -> cached.addAll(operation.writes));
    }
    int kept = power ? random.nextInt(cached.size() + 1) : cached.size();
    int lost = cached.size() - kept;
    settle(kept);
    cached.clear();
    return lost;
  }

  /** Makes the first {@code count} writes of the cache durable. */
  private void settle(int count) {
    for (int i = 0; i < count; i++) {
      LogWrite write = cached.get(i);
      LogImage image = media(write.group());
      image.write(write, index -> observer.committedHash(write.group(), index));
      observer.durable(node, write.group(), write, image);
    }
    cached.subList(0, count).clear();
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

  private static final class Operation {
    final List<LogWrite> writes;
    final LogStore.Completion done;
    final boolean sync;

    Operation(List<LogWrite> writes, LogStore.Completion done) {
      this.writes = List.copyOf(writes);
      this.done = done;
      this.sync = writes.stream().anyMatch(LogWrite::sync);
    }
  }

  /** The disk as one process sees it. */
  public final class Session implements LogStore {
    private final TreeMap<Long, SimGroupLog> logs = new TreeMap<>();
    private final TreeMap<Long, LogImage> issued = new TreeMap<>();
    private final ArrayDeque<Operation> waiting = new ArrayDeque<>();
    private List<Operation> batch = List.of();
    private boolean batchWritten;
    private boolean closed;
    private boolean broken;

    private Session() {}

    @Override
    public GroupLog open(long group) {
      return logs.computeIfAbsent(group, key -> new SimGroupLog(media(key)));
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
      if (broken) {
        world.after(0, node, EventKind.DISK_DONE, () -> fail(List.of(new Operation(writes, done)), "is closed"));
        return;
      }
      if (waiting.size() >= MAX_OUTSTANDING) {
        throw new IllegalStateException("node " + node + " has more than " + MAX_OUTSTANDING + " writes outstanding");
      }
      for (LogWrite write : writes) {
        LogImage image = issued(write.group());
        boolean overwritten = image.write(write, index -> observer.committedHash(write.group(), index));
        observer.issued(node, write.group(), write, image, overwritten);
      }
      waiting.add(new Operation(writes, done));
      observer.outstanding(node, waiting.size() + batch.size());
      if (batch.isEmpty()) {
        begin();
      }
    }

    @Override
    public void compact(long group, long index) {
      if (closed) {
        return;
      }
      observer.compacted(node, group, index);
      SimGroupLog log = logs.get(group);
      if (log != null) {
        log.compact(index);
      }
      issued(group).compact(index);
      world.after(random.exponential(5_000_000), node, EventKind.DISK_WRITE, () -> {
        if (!closed) {
          media(group).compact(index);
        }
      });
    }

    /** Whether an operation failed, so that nothing more can be written. */
    public boolean broken() {
      return broken;
    }

    private void begin() {
      batch = new ArrayList<>(waiting);
      batchWritten = false;
      waiting.clear();
      world.after(random.exponential((double) writeNanos), node, EventKind.DISK_WRITE, this::written);
    }

    private void written() {
      if (closed || broken) {
        return;
      }
      operations++;
      if (crashesAt(DiskPoint.BEFORE_WRITE)) {
        return;
      }
      if (failNextWrite) {
        failNextWrite = false;
        breakDown("no space left on device");
        return;
      }
      batch.forEach(operation -> cached.addAll(operation.writes));
      batchWritten = true;
      if (crashesAt(DiskPoint.AFTER_WRITE)) {
        return;
      }
      if (batch.stream().noneMatch(operation -> operation.sync)) {
        world.after(0, node, EventKind.DISK_DONE, this::told);
      } else {
        long nanos = syncNanos / 2 + random.exponential(syncNanos / 2.0) + slowSyncNanos;
        world.after(nanos, node, EventKind.DISK_SYNC, this::synced);
      }
    }

    private void synced() {
      if (closed || broken) {
        return;
      }
      operations++;
      if (failNextSync) {
        failNextSync = false;
        // Nobody knows what a failed sync has left on the disk, and the cache no longer holds it.
        settle(random.nextInt(cached.size() + 1));
        cached.clear();
        breakDown("input/output error on sync");
        return;
      }
      settle(cached.size());
      if (!crashesAt(DiskPoint.AFTER_SYNC)) {
        world.after(random.exponential(5_000), node, EventKind.DISK_DONE, this::told);
      }
    }

    private void told() {
      if (closed || broken) {
        return;
      }
      List<Operation> done = batch;
      batch = List.of();
      if (!waiting.isEmpty()) {
        begin();
      }
      for (Operation operation : done) {
        operation.done.written();
      }
    }

    private void breakDown(String why) {
      broken = true;
      List<Operation> failed = new ArrayList<>(batch);
      failed.addAll(waiting);
      batch = List.of();
      waiting.clear();
      fail(failed, why);
    }

    private void fail(List<Operation> failed, String why) {
      if (!closed) {
        for (Operation operation : failed) {
          operation.done.failed(new IOException("simulated disk of node " + node + ": " + why));
        }
      }
    }
  }
}
