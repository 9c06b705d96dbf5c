package io.raftoral.raft.driver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.RaftConfig;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.SnapshotMetadata;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The production host, with real threads and real time; disk and network are calls from one thread to another. */
@Timeout(60)
class DriverThreadTest {
  private static final List<Long> MEMBERS = List.of(1L, 2L, 3L);

  private final SortedMap<Long, Live> nodes = new ConcurrentSkipListMap<>();

  @AfterEach
  void stopAll() {
    nodes.values().forEach(node -> node.host.kill());
  }

  @Test
  void replicatesAndSurvivesTheDeathOfTheLeader() throws Exception {
    startAll();
    Live leader = awaitLeader();
    int total = 5_000;
    proposeAndAwait(leader, 0, total);
    leader.host.kill();
    int sentWhenDead = leader.sends.get();
    nodes.remove(leader.id);
    Live successor = awaitLeader();
    proposeAndAwait(successor, total, total + 1000);
    for (Live node : nodes.values()) {
      await(() -> node.machine.commands.size() == total + 1000);
      assertThat(node.machine.commands).startsWith("0", "1", "2").endsWith("" + (total + 999));
    }
    assertThat(leader.sends.get()).as("a dead node sends nothing").isEqualTo(sentWhenDead);
    assertThat(nodes.values()).allMatch(node -> node.failures.isEmpty());
  }

  @Test
  void handsLeadershipOverWhenItIsClosed() throws Exception {
    startAll();
    Live leader = awaitLeader();
    proposeAndAwait(leader, 0, 10);
    long before = System.nanoTime();
    leader.host.close();
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    nodes.remove(leader.id);
    Live successor = awaitLeader();
    assertThat(successor.id).isNotEqualTo(leader.id);
    proposeAndAwait(successor, 10, 20);
    CompletableFuture<ProposalResult.Reason> refused = new CompletableFuture<>();
    leader.group.propose(new byte[1], refusedListener(refused));
    assertThat(refused).isCompletedWithValue(ProposalResult.Reason.STOPPED);
  }

  @Test
  void tellsItsOwnerWhenTheDriverFails() throws Exception {
    Live alone = new Live(1, List.of(1L));
    nodes.put(1L, alone);
    alone.host.start(alone.driver);
    awaitLeader();
    alone.failWrites = true;
    alone.group.propose(new byte[1], ProposalListener.IGNORE);
    assertThat(alone.failed.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(alone.failures.getFirst()).hasMessageContaining("writing the log failed");
    alone.host.close();
  }

  private void startAll() {
    for (long id : MEMBERS) {
      nodes.put(id, new Live(id, MEMBERS));
    }
    nodes.values().forEach(node -> node.host.start(node.driver));
  }

  private Live awaitLeader() throws InterruptedException {
    Live[] leader = new Live[1];
    await(
        () -> {
          for (Live node : nodes.values()) {
            if (node.machine.leads) {
              leader[0] = node;
            }
          }
          return leader[0] != null;
        });
    return leader[0];
  }

  /** Proposes numbers as commands, again where they were refused, and waits until they are applied here. */
  private static void proposeAndAwait(Live node, int from, int to) throws Exception {
    for (int i = from; i < to; i++) {
      CompletableFuture<ProposalResult.Reason> refused = new CompletableFuture<>();
      node.group.propose(("" + i).getBytes(UTF_8), refusedListener(refused));
      if (refused.isDone()) {
        throw new AssertionError("refused: " + refused.get());
      }
    }
    await(() -> node.machine.commands.size() >= to);
  }

  private static ProposalListener refusedListener(CompletableFuture<ProposalResult.Reason> refused) {
    return new ProposalListener() {
      @Override
      public void appended(long term, long index) {}

      @Override
      public void refused(ProposalResult.Reason reason, long leader) {
        refused.complete(reason);
      }
    };
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      never.await(1, TimeUnit.MILLISECONDS);
    }
  }

  /** One node with real threads. */
  private final class Live implements Transport, LogStore {
    final long id;
    final DriverThread host;
    final RaftDriver driver;
    final Group group;
    final CountingMachine machine;
    final AtomicInteger sends = new AtomicInteger();
    final List<Throwable> failures = new ArrayList<>();
    final CountDownLatch failed = new CountDownLatch(1);
    private final SortedMap<Long, TestDisk.LogImage> logs = new TreeMap<>();
    volatile boolean failWrites;

    Live(long id, List<Long> members) {
      this.id = id;
      DriverConfig config = DriverConfig.defaults(id).withTick(Duration.ofMillis(5));
      this.host =
          new DriverThread(
              "n" + id,
              config,
              1,
              cause -> {
                failures.add(cause);
                failed.countDown();
              });
      this.driver = new RaftDriver(config, this, this, host);
      this.machine = new CountingMachine();
      RaftConfig raft = RaftConfig.defaults(id).withTicks(30, 3).withLeaderLease(true);
      this.group = driver.open(1, GroupConfig.of(raft, members, new Random(id)), machine);
    }

    @Override
    public void send(long group, List<Message> messages) {
      sends.incrementAndGet();
      for (Message message : messages) {
        Live to = nodes.get(message.to());
        if (to != null) {
          to.driver.received(group, message);
        }
      }
    }

    @Override
    public GroupLog open(long group) {
      return logs.computeIfAbsent(group, _ -> new TestDisk.LogImage());
    }

    @Override
    public void write(List<LogWrite> writes, Completion done) {
      if (failWrites) {
        done.failed(new IllegalStateException("the disk is gone"));
      } else {
        done.written();
      }
    }

    @Override
    public void compact(long group, long index) {}
  }

  /** Keeps what it applied in a list that other threads may look at. */
  private static final class CountingMachine implements StateMachine {
    final List<String> commands = Collections.synchronizedList(new ArrayList<>());
    volatile boolean leads;

    @Override
    public SnapshotMetadata applied() {
      return SnapshotMetadata.EMPTY;
    }

    @Override
    public void apply(List<Committed> batch) {
      for (Committed entry : batch) {
        if (entry instanceof Committed.Commands some) {
          some.commands().forEach(command -> commands.add(new String(command, UTF_8)));
        }
      }
    }

    @Override
    public void roleChanged(RoleChange change) {
      leads = change.leads();
    }

    @Override
    public SnapshotStaging stage(SnapshotMetadata metadata) {
      throw new AssertionError("nobody falls behind here");
    }

    @Override
    public void restore(SnapshotStaging staging) {
      throw new AssertionError("nobody falls behind here");
    }

    @Override
    public SnapshotView view() {
      throw new AssertionError("nobody asks for one here");
    }

    @Override
    public long durableIndex() {
      return 0;
    }
  }
}
