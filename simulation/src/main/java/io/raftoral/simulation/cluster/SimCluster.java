package io.raftoral.simulation.cluster;

import io.raftoral.raft.RaftConfig;
import io.raftoral.raft.RaftConfig.ReadMode;
import io.raftoral.raft.driver.DriverConfig;
import io.raftoral.raft.driver.DriverLimits;
import io.raftoral.raft.driver.GroupConfig;
import io.raftoral.raft.driver.SnapshotTransfer;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Message;
import io.raftoral.simulation.check.ClusterChecks;
import io.raftoral.simulation.check.ClusterView;
import io.raftoral.simulation.check.Invariant;
import io.raftoral.simulation.check.Mark;
import io.raftoral.simulation.check.Marks;
import io.raftoral.simulation.disk.LogImage;
import io.raftoral.simulation.disk.SimDisk;
import io.raftoral.simulation.network.SimNetwork;
import io.raftoral.simulation.plan.Fault;
import io.raftoral.simulation.plan.Knobs;
import io.raftoral.simulation.plan.Profile;
import io.raftoral.simulation.plan.SimPlan;
import io.raftoral.simulation.trace.Trace;
import io.raftoral.simulation.trace.TraceLine;
import io.raftoral.simulation.workflow.EngineSetup;
import io.raftoral.simulation.workflow.RandomWorkflows;
import io.raftoral.simulation.workflow.StrandThreads;
import io.raftoral.simulation.workflow.WorkflowCluster;
import io.raftoral.simulation.world.EventKind;
import io.raftoral.simulation.world.SimRandom;
import io.raftoral.simulation.world.World;
import io.raftoral.storage.StorageException;
import io.raftoral.workflow.engine.WorkflowEngine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The nodes of a plan, the network between them, their clients, and what befalls them. */
public final class SimCluster implements ClusterView, WorkflowCluster {
  /** The first Raft group of these nodes. */
  public static final long GROUP = 1;

  /** Small, so that snapshots travel in several parts which can be lost one by one. */
  private static final int SNAPSHOT_PART_BYTES = 256;

  /** A lease allows for clocks that differ in speed by a tenth; each may be wrong by half of that, and a little less. */
  private static final double TRUSTED_CLOCK_ERROR = 0.045;

  private final World world;
  private final SimPlan plan;
  private final Knobs knobs;
  private final Trace trace;
  private final Marks marks;
  private final ClusterChecks checks;
  private final SimNetwork network;
  private final SimNode[] nodes;
  private final List<SimClient> clients = new ArrayList<>();
  private final History history = new History();
  private final Map<Integer, Long> lastSeen = new HashMap<>();
  private final DriverLimits limits;
  private final long maxUncommittedBytes;
  private final List<Long> bootstrap;
  private final SimRandom random;
  private final @Nullable RandomWorkflows workflows;
  private final @Nullable EngineSetup engines;
  private final Map<Long, Long> placedUpTo = new HashMap<>();
  private long proposals;
  private int faultsInjected;
  private boolean healed;

  /**
   * A cluster at the beginning of a plan; nothing runs yet.
   *
   * @param given what engines run; null for the random workflows that the plan asks for, or registers if it asks for
   *     none
   * @param threads what strands of random workflows run on
   */
  public SimCluster(
      World world,
      SimPlan plan,
      Trace trace,
      Marks marks,
      @Nullable EngineSetup given,
      StrandThreads.Kind threads) {
    this.world = world;
    this.plan = plan;
    this.knobs = plan.knobs();
    this.trace = trace;
    this.marks = marks;
    this.random = world.random("cluster");
    this.limits = drawLimits(world.random("limits"));
    this.maxUncommittedBytes = world.random("limits.uncommitted").pick(2_048L, 16_384L, 1L << 20);
    this.bootstrap = LongStream.rangeClosed(1, plan.nodes()).boxed().toList();
    this.nodes = new SimNode[plan.allNodes() + 1];
    boolean leasesHold =
        plan.faults().stream()
            .noneMatch(f -> f instanceof Fault.ClockRate r && Math.abs(r.rate() - 1) > TRUSTED_CLOCK_ERROR);
    this.checks = new ClusterChecks(
        world, this, ConfState.ofVoters(bootstrap), leasesHold, limits.maxWritesInFlight(), marks);
    for (int id = 1; id < nodes.length; id++) {
      SimDisk disk = new SimDisk(world, id, knobs.writeMicros(), knobs.syncMicros(), checks);
      SimNode node = new SimNode(id, disk, new NodeClock(world, random.between(0, 1_000_000_000_000L)));
      disk.onCrash(() -> crashedAtDisk(node));
      nodes[id] = node;
    }
    this.network = new SimNetwork(world, plan.allNodes(), knobs, this::deliver);
    this.workflows =
        given == null && plan.workload().workflows() > 0
            ? new RandomWorkflows(world, this, marks, leasesHold, threads)
            : null;
    this.engines = given == null ? workflows : given;
  }

  private static DriverLimits drawLimits(SimRandom random) {
    return DriverLimits.DEFAULTS
        .withWrites((int) random.between(1, 4), random.pick(512L, 4096L, 1L << 20))
        .withApply(random.pick(256L, 4096L, 1L << 20), random.pick(4096L, 1L << 20))
        .withEntryBytes(random.pick(64, 1024, 65536))
        .withPeers((int) random.between(32, 4096), random.pick(1L << 14, 1L << 20))
        .withProposals(random.pick(4, 64, 65_536), 1L << 14)
        .withReads(random.pick(4, 64, 65_536));
  }

  // --- assembling ---------------------------------------------------------------------------------------------------

  long tickNanos() {
    return knobs.tickMs() * 1_000_000;
  }

  DriverConfig driverConfig(int node) {
    return DriverConfig.defaults(node)
        .withTick(Duration.ofNanos(tickNanos()))
        .withReads(4 * knobs.electionTicks(), 2 * knobs.heartbeatTicks())
        .withSnapshotTimeoutTicks(10 * knobs.electionTicks())
        .withTransfer(new SnapshotTransfer(SNAPSHOT_PART_BYTES, 10 * SNAPSHOT_PART_BYTES, 2 * knobs.heartbeatTicks()))
        .withLimits(limits);
  }

  GroupConfig groupConfig(SimNode node, SimRandom stream) {
    Fault.Reconfigure flags = node.flags;
    RaftConfig raft =
        RaftConfig.defaults(node.id)
            .withTicks(knobs.electionTicks(), knobs.heartbeatTicks())
            .withPreVote(flags == null ? knobs.preVote() : flags.preVote())
            .withCheckQuorum(flags == null ? knobs.checkQuorum() : flags.checkQuorum())
            .withLeaderLease(knobs.leaderLease())
            .withReadMode(knobs.leaseReads() ? ReadMode.LEASE : ReadMode.QUORUM)
            .withMaxUncommittedSizeBytes(maxUncommittedBytes)
            .withMaxSizePerMessageBytes(knobs.maxBytesPerMessage())
            .withMaxInFlight(
                flags == null ? knobs.maxInFlightMessages() : flags.maxInFlightMessages(),
                16 * knobs.maxBytesPerMessage());
    return GroupConfig.of(raft, bootstrap, stream)
        .withCompaction(knobs.snapshotEntries(), 1L << 30, knobs.snapshotEntries() / 4);
  }

  int valueBytes() {
    return plan.workload().valueBytes();
  }

  /** Starts nodes, clients and faults. */
  public void start() {
    for (int id = 1; id < nodes.length; id++) {
      startNode(nodes[id], "starts");
    }
    if (workflows != null) {
      if (plan.profile() == Profile.UPGRADE) {
        workflows.upgrade(plan.faultMs());
      }
      workflows.start(plan.workload().workflows(), plan.faultMs());
    }
    for (int number = 1; engines == null && number <= plan.workload().clients(); number++) {
      SimClient client = new SimClient(this, world, number, plan.workload());
      clients.add(client);
      client.start();
    }
    FaultInjector injector = new FaultInjector(this, world);
    for (Fault fault : plan.faults()) {
      if (fault.atMs() < plan.faultMs()) {
        world.at(fault.atMs() * 1_000_000, World.NOBODY, EventKind.FAULT, () -> {
          faultsInjected++;
          injector.inject(fault);
        });
      }
    }
  }

  // --- processes ----------------------------------------------------------------------------------------------------

  private void startNode(SimNode node, String how) {
    if (node.isUp() || node.retired) {
      return;
    }
    node.incarnation++;
    node.pausedUntilNanos = Math.min(node.pausedUntilNanos, world.nowNanos());
    trace(TraceLine.Kind.PROCESS, node.id, how + " (life " + node.incarnation + ")");
    try {
      SimProcess process = new SimProcess(this, world, node);
      if (node.disk.damaged()) {
        checks.violated(Invariant.STORED_AS_WRITTEN, node.id,
            "node " + node.id + " to notice that a bit of its log has flipped", "it starts as if nothing were wrong");
      }
      node.process = process;
      process.start();
    } catch (StorageException e) {
      node.disk.abandon();
      if (node.disk.damaged() && e.kind() == StorageException.Kind.DAMAGED) {
        marks.hit(Mark.DAMAGE_NOTICED);
        node.retired = true;
        trace(TraceLine.Kind.PROCESS, node.id, "refuses to start: " + e.getMessage());
      } else {
        checks.violated(Invariant.NO_CRASH, node.id, "node " + node.id + " to start", stackTrace(e));
      }
    } catch (RuntimeException | AssertionError e) {
      checks.violated(Invariant.NO_CRASH, node.id, "node " + node.id + " to start", stackTrace(e));
    }
  }

  /** A process dies and is started again after a while. */
  void crash(SimNode node, boolean power, long downMs, String why) {
    SimProcess process = node.process;
    if (process == null) {
      return;
    }
    process.kill();
    node.process = null;
    int lost = node.disk.crash(power);
    if (engines != null) {
      node.engineState.crash(random);
      engines.died(node.id);
    }
    if (lost > 0) {
      marks.hit(Mark.WRITES_LOST_ON_POWER_CUT);
    }
    checks.died(node.id);
    trace(TraceLine.Kind.PROCESS, node.id, why + (lost > 0 ? ", " + lost + " writes lost" : ""));
    world.after(downMs * 1_000_000, node.id, EventKind.PROCESS, () -> startNode(node, "restarts"));
  }

  /** Starts a process that is down. */
  void restart(SimNode node) {
    startNode(node, "restarts");
  }

  private void crashedAtDisk(SimNode node) {
    marks.hit(Mark.CRASH_IN_DISK_OPERATION);
    crash(node, random.chance(0.7), random.between(1, 2 * knobs.electionTimeoutMs()), "dies at a disk operation");
  }

  /** The production code says that it cannot go on. */
  void processFailed(SimNode node, SimProcess process, Throwable cause) {
    if (process.log().broken() || node.engineState.failing()) {
      node.engineState.heal();
      marks.hit(Mark.NODE_STOPPED_BY_DISK);
      crash(node, false, random.between(1, 2 * knobs.electionTimeoutMs()), "stops: " + cause.getMessage());
    } else {
      checks.violated(Invariant.NO_CRASH, node.id, "no error", stackTrace(cause));
      crash(node, false, Long.MAX_VALUE / 4_000_000, "fails: " + cause);
    }
  }

  private static String stackTrace(Throwable cause) {
    StringWriter text = new StringWriter();
    cause.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Override
  public void onNode(int node, Consumer<WorkflowEngine> action) {
    SimProcess process = nodes[node].process;
    if (process != null) {
      process.withEngine(action);
    }
  }

  @Override
  public void restartNode(int node, long downMs) {
    crash(nodes[node], false, downMs, "is stopped for its upgrade");
  }

  @Override
  public int leaderOf(long term) {
    return checks.leaderOf(GROUP, term);
  }

  @Override
  public boolean pausedSince(int node, long nanos) {
    return nodes[node].pausedUntilNanos > nanos;
  }

  @Override
  public void violated(Invariant invariant, int node, String expected, String actual) {
    checks.violated(invariant, node, expected, actual);
  }

  @Override
  public void traceWorkflow(int node, String what) {
    trace(TraceLine.Kind.WORKFLOW, node, what);
  }

  void pause(SimNode node, long ms) {
    node.pausedUntilNanos = Math.max(node.pausedUntilNanos, world.nowNanos() + ms * 1_000_000);
  }

  // --- network ------------------------------------------------------------------------------------------------------

  void send(int from, long group, Message message) {
    int to = (int) message.to();
    if (to < 1 || to >= nodes.length) {
      checks.violated(Invariant.NO_CRASH, from, "messages to nodes 1 to " + (nodes.length - 1), "" + message);
      return;
    }
    checks.sending(from, group, message);
    trace(TraceLine.Kind.SEND, from, to, message);
    long dropped = network.dropped();
    network.send(from, nodes[from].incarnation, to, group, message);
    if (network.dropped() > dropped && message instanceof Message.InstallSnapshot && random.chance(0.5)) {
      SimProcess sender = nodes[from].process;
      world.after(random.between(1, 100_000_000), from, EventKind.DELIVER, () -> {
        if (sender != null) {
          sender.snapshotLost(group, to);
        }
      });
    }
  }

  private void deliver(int from, int senderLife, int to, long group, Message message, boolean late) {
    SimProcess process = nodes[to].process;
    if (process == null) {
      return;
    }
    if (late) {
      marks.hit(Mark.LATE_MESSAGE_DELIVERED);
    }
    if (senderLife != nodes[from].incarnation) {
      marks.hit(Mark.MESSAGE_OF_EARLIER_LIFE);
    }
    if (message.term() > 0 && message.term() < process.term(group)) {
      marks.hit(Mark.MESSAGE_OF_OLD_TERM_DELIVERED);
    }
    trace(TraceLine.Kind.RECEIVE, to, from, message);
    process.receive(group, message);
  }

  // --- clients ------------------------------------------------------------------------------------------------------

  void request(int node, History.Call call, SimClient.Answer answer) {
    SimProcess process = nodes[node].process;
    if (process == null) {
      answer.refused(0, Mark.COMMAND_REFUSED);
    } else {
      process.request(call, answer);
    }
  }

  void placed(long group, KvCommand command, long index, int ordinal) {
    long position = History.position(index, ordinal);
    if (position > placedUpTo.getOrDefault(group, 0L)) {
      placedUpTo.put(group, position);
      history.placed(command, position);
    }
  }

  /** A number for one more proposal. */
  long nextProposal() {
    return ++proposals;
  }

  /** What a client last saw in a register: a compare-and-set that never fits would test nothing. */
  long lastSeen(int key) {
    return lastSeen.getOrDefault(key, 0L);
  }

  void seen(int key, long value) {
    lastSeen.put(key, value);
  }

  // --- phases -------------------------------------------------------------------------------------------------------

  /**
   * Faults end: links are whole, clocks are right, members run, and whoever is no member is switched off, as an operator
   * would do. In some runs only a quorum comes back, drawn at random, and the others never do.
   */
  public void heal() {
    healed = true;
    trace(TraceLine.Kind.FAULT, 0, "healed");
    network.heal();
    SimRandom heal = world.random("heal");
    if (heal.chance(0.3)) {
      keepOnlyACore(heal);
    }
    // A workflow's time never goes back: after a day's leap, clocks that were right would have it sleep for a day.
    long aheadMs = 0;
    for (int id = 1; engines != null && id < nodes.length; id++) {
      aheadMs = Math.max(aheadMs, nodes[id].clock.furthestOffsetMs());
    }
    Set<Long> members = members();
    for (int id = 1; id < nodes.length; id++) {
      SimNode node = nodes[id];
      node.disk.heal();
      node.engineState.heal();
      node.clock.runAt(1);
      node.clock.correct(aheadMs);
      node.pausedUntilNanos = Math.min(node.pausedUntilNanos, world.nowNanos());
      node.slowApplyNanos = 0;
      if (members.contains((long) id)) {
        startNode(node, "restarts");
      }
    }
    clients.forEach(SimClient::heal);
    if (workflows != null) {
      workflows.heal();
    }
  }

  /** Takes nodes away for good, one by one, as long as the rest can decide. */
  private void keepOnlyACore(SimRandom heal) {
    List<Integer> order = new ArrayList<>();
    for (int id = 1; id < nodes.length; id++) {
      order.add(heal.nextInt(order.size() + 1), id);
    }
    for (int id : order) {
      if (!nodes[id].retired && canDecide(without(id))) {
        crash(nodes[id], true, Long.MAX_VALUE / 4_000_000, "never comes back");
        nodes[id].retired = true;
      }
    }
    marks.hit(Mark.HEALED_TO_A_CORE);
  }

  /** Whoever votes, learns or still counts in a joint configuration of any group. */
  private Set<Long> members() {
    Set<Long> members = new TreeSet<>();
    for (long group = 1; group <= groups(); group++) {
      members.addAll(members(group));
    }
    return members;
  }

  private Set<Long> members(long group) {
    ConfState configuration = checks.configuration(group);
    Set<Long> members = new TreeSet<>(configuration.voters());
    members.addAll(configuration.votersOutgoing());
    members.addAll(configuration.learners());
    members.addAll(configuration.learnersNext());
    return members;
  }

  /** Clients stop asking. */
  public void stopClients() {
    clients.forEach(SimClient::stop);
  }

  /** What the healed cluster still owes its clients, null if nothing. */
  public @Nullable String clientsWaitFor() {
    for (int i = 0; i < clients.size(); i++) {
      if (clients.get(i).completedSinceHeal() == 0) {
        return "client " + (i + 1) + " has had no answer since";
      }
    }
    return null;
  }

  /** Every node in a few words, for a person. */
  public String describeNodes() {
    StringBuilder text = new StringBuilder();
    for (int id = 1; id <= nodes(); id++) {
      SimProcess process = nodes[id].process;
      text.append("; node ").append(id).append(
          process == null
              ? " is down"
              : (process.group(GROUP).leads() ? " leads term " : " follows in term ") + process.term(GROUP)
                  + " and has applied " + process.group(GROUP).appliedIndex());
    }
    return text.toString();
  }

  /** Which workflow has not ended yet, null if none. */
  public @Nullable String workflowsWaitFor() {
    return workflows == null ? null : workflows.waitsFor();
  }

  /** The random workflows of the plan, null if it has none. */
  public @Nullable RandomWorkflows workflows() {
    return workflows;
  }

  @Nullable EngineSetup engines() {
    return engines;
  }

  /** In what the nodes still differ, null if in nothing. */
  public @Nullable String nodesDifferIn() {
    for (long group = 1; group <= groups(); group++) {
      String difference = nodesDifferIn(group);
      if (difference != null) {
        return groups() == 1 ? difference : "group " + group + ": " + difference;
      }
    }
    return null;
  }

  private @Nullable String nodesDifferIn(long group) {
    int leader = checks.newestLeader(group);
    SimProcess leading = leader == 0 ? null : nodes[leader].process;
    if (leading == null || !leading.group(group).leads()) {
      return "there is no leader; the last one was node " + leader + " in term " + checks.newestTerm(group);
    }
    long end = leading.log().issued(group).lastIndex();
    if (checks.committed(group) < end) {
      return "the leader's log ends at " + end + ", committed is " + checks.committed(group);
    }
    for (long member : members(group)) {
      SimNode node = nodes[(int) member];
      if (!node.retired && applied(node.id, group) < end) {
        return "node " + member + " has applied " + applied(node.id, group) + " of " + end;
      }
      SimProcess process = node.process;
      if (process != null && process.group(group).unanswered() > 0) {
        return "node " + member + " has not answered " + process.group(group).unanswered() + " proposals and reads";
      }
    }
    return null;
  }

  /** Whether so few machines are broken for good that the healed cluster must be able to go on. */
  public boolean canRecover() {
    return canDecide(without(0));
  }

  /** Whether this node can be done without, now and after every change that is under way. */
  boolean isDispensable(int node) {
    return canDecide(without(node));
  }

  private Set<Long> without(int node) {
    Set<Long> rest = new TreeSet<>();
    for (int id = 1; id < nodes.length; id++) {
      if (id != node && !nodes[id].retired && !nodes[id].disk.damaged()) {
        rest.add((long) id);
      }
    }
    return rest;
  }

  /**
   * Whether these nodes are a quorum in every group. A configuration counts from when it is committed until nobody among
   * them may still count by it: a node that does not know that a member was removed still asks for its vote.
   */
  private boolean canDecide(Set<Long> alive) {
    for (long group = 1; group <= groups(); group++) {
      int oldest = Integer.MAX_VALUE;
      for (long id : alive) {
        if (members(group).contains(id)) {
          oldest = Math.min(oldest, checks.configurationInForce((int) id, group));
        }
      }
      if (oldest == Integer.MAX_VALUE) {
        return false;
      }
      for (ConfState configuration : checks.configurations(group, oldest)) {
        if (!ClusterChecks.quorum(configuration, alive::contains)) {
          return false;
        }
      }
    }
    return true;
  }

  // --- for faults, checks and reports -------------------------------------------------------------------------------

  /** Raft groups of each node; workflows have one. */
  int groups() {
    return engines == null ? knobs.groups() : 1;
  }

  SimNode node(int id) {
    return nodes[id];
  }

  boolean healed() {
    return healed;
  }

  Knobs knobs() {
    return knobs;
  }

  SimPlan plan() {
    return plan;
  }

  SimNetwork network() {
    return network;
  }

  Marks marks() {
    return marks;
  }

  void trace(TraceLine.Kind kind, int node, Object subject) {
    trace.add(world.nowNanos(), kind, node, 0, subject);
  }

  private void trace(TraceLine.Kind kind, int node, int peer, Object subject) {
    trace.add(world.nowNanos(), kind, node, peer, subject);
  }

  /** The checks of this cluster. */
  public ClusterChecks checks() {
    return checks;
  }

  /** What clients saw. */
  public History history() {
    return history;
  }

  /** How many faults of the plan have begun. */
  public int faultsInjected() {
    return faultsInjected;
  }

  /** Messages that nodes sent. */
  public long messagesSent() {
    return network.sent();
  }

  /** Operations of all disks. */
  public long diskOperations() {
    long sum = 0;
    for (int id = 1; id < nodes.length; id++) {
      sum += nodes[id].disk.operations();
    }
    return sum;
  }

  @Override
  public int nodes() {
    return nodes.length - 1;
  }

  @Override
  public LogImage media(int node, long group) {
    return nodes[node].disk.media(group);
  }

  @Override
  public @Nullable LogImage issued(int node, long group) {
    SimDisk.Session session = nodes[node].disk.session();
    return session == null ? null : session.issued(group);
  }

  @Override
  public long applied(int node, long group) {
    SimProcess process = nodes[node].process;
    return process == null ? 0 : process.group(group).appliedIndex();
  }

  @Override
  public long durableState(int node, long group) {
    return engines == null ? nodes[node].state(group).metadata().index() : nodes[node].engineState.durableIndex();
  }

  @Override
  public boolean holdsLease(int node, long group) {
    SimProcess process = nodes[node].process;
    return process != null && process.group(group).holdsLease();
  }
}
