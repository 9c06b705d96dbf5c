package io.raftoral.benchmarks.driver;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.RaftConfig;
import io.raftoral.raft.driver.Committed;
import io.raftoral.raft.driver.DriverConfig;
import io.raftoral.raft.driver.DriverStats;
import io.raftoral.raft.driver.DriverThread;
import io.raftoral.raft.driver.Group;
import io.raftoral.raft.driver.GroupConfig;
import io.raftoral.raft.driver.ImageStaging;
import io.raftoral.raft.driver.ImageView;
import io.raftoral.raft.driver.ProposalListener;
import io.raftoral.raft.driver.RaftDriver;
import io.raftoral.raft.driver.RoleChange;
import io.raftoral.raft.driver.SnapshotStaging;
import io.raftoral.raft.driver.SnapshotView;
import io.raftoral.raft.driver.StateMachine;
import io.raftoral.raft.driver.Transport;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.SnapshotMetadata;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * Commands of 256 bytes from {@code propose} until they are applied by the leader, through three drivers on real
 * threads in one JVM. Disk and network cost nothing: every write is durable at once, every message is handed to the
 * other driver as the object it is.
 *
 * <p>A closed loop: the leader's state machine proposes one new command for each that it applies, so the number of
 * outstanding ones stays the same. Besides commands a second it prints what one costs, in microseconds of processor
 * time and bytes of heap over all three nodes, which on a machine that others use as well says more.
 *
 * <p>{@code java -cp … io.raftoral.benchmarks.driver.DriverThroughput [seconds]}
 */
public final class DriverThroughput {
  private static final int COMMAND_BYTES = 256;
  private static final List<Long> MEMBERS = List.of(1L, 2L, 3L);
  private static final ConfState VOTERS = ConfState.ofVoters(MEMBERS);
  private static final int[] OUTSTANDING = {1, 64, 1024};

  private final ConcurrentHashMap<Long, Node> nodes = new ConcurrentHashMap<>();

  private DriverThroughput() {}

  /** Warms up and measures, {@code seconds} each, for 1, 64 and 1024 outstanding commands. */
  public static void main(String[] args) throws InterruptedException {
    int seconds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
    System.out.printf(
        "%12s %12s %10s %12s %12s %12s %10s %10s%n",
        "outstanding", "commands/s", "cpu us", "bytes", "cmds/entry", "entries/wr", "p50 us", "p99 us");
    for (int outstanding : OUTSTANDING) {
      new DriverThroughput().run(outstanding, seconds);
    }
  }

  private void run(int outstanding, int seconds) throws InterruptedException {
    for (long id : MEMBERS) {
      nodes.put(id, new Node(id));
    }
    nodes.values().forEach(node -> node.host.start(node.driver));
    Semaphore elected = new Semaphore(0);
    nodes.values().forEach(node -> node.machine.elected = elected);
    elected.acquire();
    Node leader = nodes.values().stream().filter(node -> node.machine.leads).findFirst().orElseThrow();
    for (int i = 0; i < outstanding; i++) {
      leader.machine.proposeNext();
    }
    pause(seconds);
    leader.machine.latencies.reset();
    long commands = leader.machine.applied.sum();
    DriverStats stats = leader.driver.stats();
    long cpu = cpuNanos();
    long bytes = allocatedBytes();
    long start = System.nanoTime();
    pause(seconds);
    long nanos = System.nanoTime() - start;
    double count = leader.machine.applied.sum() - commands;
    cpu = cpuNanos() - cpu;
    bytes = allocatedBytes() - bytes;
    DriverStats after = leader.driver.stats();
    double entries = after.entries() - stats.entries();
    Histogram latencies = leader.machine.latencies.copy();
    System.out.printf(
        "%12d %,12.0f %10.2f %,12.0f %12.1f %12.1f %,10.1f %,10.1f%n",
        outstanding,
        count * TimeUnit.SECONDS.toNanos(1) / nanos,
        cpu / count / 1000,
        bytes / count,
        (after.commands() - stats.commands()) / entries,
        entries / (after.writes() - stats.writes()),
        latencies.getValueAtPercentile(50) / 1000.0,
        latencies.getValueAtPercentile(99) / 1000.0);
    nodes.values().forEach(node -> node.host.kill());
    nodes.clear();
  }

  private static void pause(int seconds) throws InterruptedException {
    boolean early = new CountDownLatch(1).await(seconds, TimeUnit.SECONDS);
    if (early) {
      throw new IllegalStateException("nobody counts this latch down");
    }
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
  }

  private static long allocatedBytes() {
    return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getTotalThreadAllocatedBytes();
  }

  /** A node, and the network to the others. */
  private final class Node implements Transport {
    final DriverThread host;
    final RaftDriver driver;
    final Machine machine;

    Node(long id) {
      DriverConfig config = DriverConfig.defaults(id);
      host = new DriverThread("n" + id, config, 1, Throwable::printStackTrace);
      driver = new RaftDriver(config, new HeapLog(), this, host);
      machine = new Machine();
      machine.group =
          driver.open(
              1,
              GroupConfig.of(
                      RaftConfig.defaults(id).withTicks(50, 5).withLeaderLease(true), MEMBERS, new SplittableRandom(id))
                  .withCompaction(2_000, 16 << 20, 1_000),
              machine);
    }

    @Override
    public void send(long group, List<Message> messages) {
      for (Message message : messages) {
        Node to = nodes.get(message.to());
        if (to != null) {
          to.driver.received(group, message);
        }
      }
    }
  }

  /** Counts, and where it leads, replaces each command that it applied by a new one. */
  private static final class Machine implements StateMachine, ProposalListener {
    final LongAdder applied = new LongAdder();
    final Histogram latencies = new Histogram(TimeUnit.MINUTES.toNanos(1), 3);
    private SnapshotMetadata at = SnapshotMetadata.EMPTY;
    volatile boolean leads;
    volatile Semaphore elected = new Semaphore(0);
    private @Nullable Group group;

    void proposeNext() {
      byte[] command = new byte[COMMAND_BYTES];
      ByteBuffer.wrap(command).putLong(System.nanoTime());
      Objects.requireNonNull(group).propose(command, this);
    }

    @Override
    public void apply(List<Committed> batch) {
      long now = System.nanoTime();
      for (Committed entry : batch) {
        if (entry instanceof Committed.Commands some) {
          for (byte[] command : some.commands()) {
            if (leads) {
              latencies.recordValue(Math.max(0, now - ByteBuffer.wrap(command).getLong()));
              proposeNext();
            }
          }
          applied.add(some.commands().size());
        }
      }
      Committed last = batch.getLast();
      at = new SnapshotMetadata(last.index(), last.term(), VOTERS);
    }

    @Override
    public void roleChanged(RoleChange change) {
      leads = change.leads();
      if (leads) {
        elected.release();
      }
    }

    @Override
    public SnapshotMetadata applied() {
      return SnapshotMetadata.EMPTY;
    }

    @Override
    public SnapshotStaging stage(SnapshotMetadata metadata) {
      return new ImageStaging(metadata);
    }

    @Override
    public void restore(SnapshotStaging staging) {
      at = ((ImageStaging) staging).metadata();
    }

    @Override
    public SnapshotView view() {
      return new ImageView(at, new byte[0]);
    }

    @Override
    public long durableIndex() {
      return at.index();
    }

    @Override
    public void appended(long term, long index) {}

    @Override
    public void refused(ProposalResult.Reason reason, long leader) {
      if (reason != ProposalResult.Reason.STOPPED) {
        throw new IllegalStateException("refused: " + reason);
      }
    }
  }
}
