package io.raftoral.raft.driver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.RaftConfig;
import io.raftoral.raft.Status;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.message.Message;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.jspecify.annotations.Nullable;

/**
 * Nodes that run real drivers on one thread, over disks, a network and a clock that the test holds in its hands.
 *
 * <p>{@link #settle()} lets everything happen that has been set going; {@link #ticks(int)} lets time pass. Nothing else
 * moves, so tests are deterministic and can stop the world wherever they like.
 */
final class TestCluster {
  static final long GROUP = 1;

  /** Small, so that every snapshot travels in several parts. */
  static final int PART_BYTES = 64;

  /** Enough ticks for an election to be over. */
  static final int ELECTION = 60;

  final SortedMap<Long, Node> nodes = new TreeMap<>();
  private final Queue<Sent> network = new ArrayDeque<>();
  private final List<Long> members = new ArrayList<>();

  /** Messages for which this holds get lost. */
  Predicate<Message> lost = _ -> false;

  /** Everything that was handed to the network. */
  final List<Message> sent = new ArrayList<>();

  /** How groups are configured. */
  UnaryOperator<GroupConfig> groups = UnaryOperator.identity();

  /** How drivers are configured. */
  UnaryOperator<DriverConfig> drivers =
      config -> config.withTransfer(new SnapshotTransfer(PART_BYTES, 10 * PART_BYTES, 5));

  /** Whether state machines make durable at once what they apply. */
  boolean statesWriteThrough;

  /** Which groups every node has. */
  List<Long> groupIds = List.of(GROUP);

  private record Sent(long group, Message message) {}

  private record Applying(long group, Runnable task) {}

  /** Nodes 1 to {@code size}, not started. */
  TestCluster(int size) {
    for (long id = 1; id <= size; id++) {
      members.add(id);
    }
    for (long id : members) {
      nodes.put(id, new Node(id));
    }
  }

  /** Three running nodes. */
  static TestCluster ofThree() {
    return new TestCluster(3).start();
  }

  TestCluster start() {
    nodes.values().forEach(Node::start);
    settle();
    return this;
  }

  Node node(long id) {
    return Objects.requireNonNull(nodes.get(id));
  }

  /** Lets time pass until somebody leads, and everybody knows. */
  Node elect() {
    for (int i = 0; i < ELECTION * 10; i++) {
      ticks(1);
      Node leader = leader();
      if (leader != null) {
        ticks(2);
        return leader;
      }
    }
    throw new AssertionError("nobody was elected");
  }

  /** Makes {@code id} the leader: the others get no ticks until it is. */
  Node elect(long id) {
    for (int i = 0; i < ELECTION * 10; i++) {
      node(id).tick();
      settle();
      if (node(id).leads()) {
        ticks(2);
        return node(id);
      }
    }
    throw new AssertionError("node " + id + " was not elected");
  }

  /** Who leads in the highest term, and can be reached. */
  @Nullable Node leader() {
    Node leader = null;
    for (Node node : nodes.values()) {
      if (node.running && !node.isolated && node.leads()
          && (leader == null || node.status().term() > leader.status().term())) {
        leader = node;
      }
    }
    return leader;
  }

  Node follower() {
    Node leader = leader();
    return nodes.values().stream().filter(node -> node.running && node != leader).findFirst().orElseThrow();
  }

  Collection<Node> all() {
    return nodes.values();
  }

  /** Time passes on all nodes alike. */
  void ticks(int count) {
    for (int i = 0; i < count; i++) {
      nodes.values().forEach(Node::tick);
      settle();
    }
  }

  /** Everything that has been set going comes to an end: messages arrive, disks write, state machines apply. */
  void settle() {
    for (int steps = 0; moved(); steps++) {
      assertThat(steps).as("steps until the cluster settles").isLessThan(100_000);
    }
  }

  private boolean moved() {
    boolean moved = false;
    for (Node node : nodes.values()) {
      moved |= node.moved();
    }
    for (int n = network.size(); n > 0; n--) {
      Sent next = network.remove();
      Node to = nodes.get(next.message.to());
      Node from = nodes.get(next.message.from());
      moved = true;
      if (to != null && to.running && !to.isolated && from != null && !from.isolated && !lost.test(next.message)) {
        to.driver().received(next.group, next.message);
      }
    }
    return moved;
  }

  /** One node: what survives a crash, and while it runs also a driver. */
  final class Node implements DriverHost, Transport {
    final long id;
    final TestDisk disk = new TestDisk();
    final SortedMap<Long, ListMachine> machines = new TreeMap<>();
    final SortedMap<Long, Group> groupsById = new TreeMap<>();
    private final List<Applying> applying = new ArrayList<>();
    private @Nullable RaftDriver driver;
    private boolean awake;
    private int lives;

    boolean running;

    /** While true it neither hears nor is heard. */
    boolean isolated;

    /** While true its state machines do nothing. */
    boolean applyStalled;

    /** The state machine of this group does nothing. */
    long stalledGroup;

    /** While true its loop does nothing. */
    boolean paused;

    long nanos;
    int wakeUps;
    @Nullable Throwable failure;

    Node(long id) {
      this.id = id;
    }

    void start() {
      DriverConfig config = drivers.apply(DriverConfig.defaults(id));
      driver = new RaftDriver(config, disk, this, this);
      lives++;
      failure = null;
      for (long group : groupIds) {
        RandomGenerator random =
            RandomGeneratorFactory.of("L64X128MixRandom").create(1000 * id + 10 * group + lives);
        RaftConfig raft = RaftConfig.defaults(id).withTicks(10, 1).withLeaderLease(true);
        ListMachine machine = machines.computeIfAbsent(group, _ -> new ListMachine(members));
        machine.writesThrough = statesWriteThrough;
        groupsById.put(
            group, driver.open(group, groups.apply(GroupConfig.of(raft, members, random)), machine));
      }
      running = true;
    }

    /** Power is cut, and comes back at once. */
    void crashAndRestart() {
      crash();
      start();
      settle();
    }

    /** Power is cut: what was not durable is gone. The others see their connections break. */
    void crash() {
      running = false;
      for (Node other : nodes.values()) {
        if (other.running) {
          other.driver().unreachable(id);
        }
      }
      awake = false;
      applying.clear();
      disk.powerCut();
      machines.values().forEach(ListMachine::powerCut);
    }

    RaftDriver driver() {
      return Objects.requireNonNull(driver);
    }

    Group group() {
      return group(GROUP);
    }

    Group group(long id) {
      return Objects.requireNonNull(groupsById.get(id));
    }

    ListMachine machine() {
      return machine(GROUP);
    }

    ListMachine machine(long group) {
      return Objects.requireNonNull(machines.get(group));
    }

    Status status() {
      return status(GROUP);
    }

    Status status(long group) {
      List<Status> seen = new ArrayList<>();
      group(group).status(seen::add);
      if (seen.isEmpty()) {
        pump();
      }
      return seen.getFirst();
    }

    boolean leads() {
      return leads(GROUP);
    }

    boolean leads(long group) {
      return status(group).leader() == id;
    }

    /** Proposes, and settles. */
    Outcome propose(String command) {
      Outcome outcome = submit(command);
      settle();
      return outcome;
    }

    /** Proposes without letting anything happen. */
    Outcome submit(String command) {
      return submit(GROUP, command);
    }

    Outcome submit(long group, String command) {
      Outcome outcome = new Outcome();
      group(group).propose(command.getBytes(UTF_8), outcome);
      return outcome;
    }

    Outcome change(ConfChange change) {
      Outcome outcome = new Outcome();
      group().proposeChange(change, outcome);
      return outcome;
    }

    ReadOutcome read() {
      ReadOutcome outcome = new ReadOutcome();
      group().read(outcome);
      return outcome;
    }

    void tick() {
      if (running && !paused && failure == null) {
        nanos += DriverConfig.defaults(id).tickNanos();
        driver().tick();
        driver().pump();
      }
    }

    void pump() {
      awake = false;
      driver().pump();
    }

    boolean moved() {
      boolean moved = false;
      if (running && awake && !paused && failure == null) {
        pump();
        moved = true;
      }
      if (running && disk.hasWork()) {
        disk.finishOne();
        moved = true;
      }
      boolean applied = applies();
      return moved || applied;
    }

    private boolean applies() {
      for (int i = 0; running && !applyStalled && i < applying.size(); i++) {
        if (applying.get(i).group != stalledGroup) {
          applying.remove(i).task.run();
          return true;
        }
      }
      return false;
    }

    @Override
    public void wake() {
      assertThat(awake).as("woken twice between two pumps").isFalse();
      awake = true;
      wakeUps++;
    }

    @Override
    public void runApply(long group, Runnable task) {
      applying.add(new Applying(group, task));
    }

    @Override
    public long nanoTime() {
      return nanos;
    }

    @Override
    public void failed(Throwable cause) {
      assertThat(failure).as("the host is told once").isNull();
      failure = cause;
    }

    @Override
    public void send(long group, List<Message> messages) {
      assertThat(running && failure == null).as("node " + id + " sends although it stopped").isTrue();
      for (Message message : messages) {
        sent.add(message);
        network.add(new Sent(group, message));
      }
    }
  }

  /** What a proposer was told. */
  static final class Outcome implements ProposalListener {
    int timesTold;
    long index;
    ProposalResult.@Nullable Reason refusal;

    @Override
    public void appended(long term, long index) {
      timesTold++;
      this.index = index;
    }

    @Override
    public void refused(ProposalResult.Reason reason, long leader) {
      timesTold++;
      refusal = reason;
    }
  }

  /** What a reader was told. */
  static final class ReadOutcome implements ReadListener {
    int timesTold;
    boolean failed;
    long index;

    @Override
    public void confirmed(long index) {
      timesTold++;
      this.index = index;
    }

    @Override
    public void failed() {
      timesTold++;
      failed = true;
    }
  }

  /** The different kinds of messages that were sent. */
  Set<Class<?>> sentKinds() {
    Set<Class<?>> kinds = new LinkedHashSet<>();
    sent.forEach(message -> kinds.add(message.getClass()));
    return kinds;
  }
}
