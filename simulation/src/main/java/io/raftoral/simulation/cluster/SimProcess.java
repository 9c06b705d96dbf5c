package io.raftoral.simulation.cluster;

import io.raftoral.raft.driver.Committed;
import io.raftoral.raft.driver.DriverHost;
import io.raftoral.raft.driver.Group;
import io.raftoral.raft.driver.RaftDriver;
import io.raftoral.raft.driver.RoleChange;
import io.raftoral.raft.driver.Transport;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.simulation.check.Mark;
import io.raftoral.simulation.disk.SimDisk;
import io.raftoral.simulation.trace.TraceLine;
import io.raftoral.simulation.workflow.EngineMachine;
import io.raftoral.simulation.workflow.EngineSetup;
import io.raftoral.simulation.workflow.SimRuntime;
import io.raftoral.simulation.world.EventKind;
import io.raftoral.simulation.world.SimRandom;
import io.raftoral.simulation.world.World;
import io.raftoral.workflow.engine.WorkflowEngine;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One life of a node's process: the production driver with its core, hosted by the event queue instead of threads. Dies
 * without a word: nothing of it runs after {@link #kill()}.
 */
final class SimProcess implements DriverHost, Transport, EngineMachine.Observer, SimRuntime.Host {
  private static final long PUMP_NANOS = 3_000;
  private static final long APPLY_NANOS = 20_000;

  /** How long applying stands still now and then, on some nodes, as a store does that compacts. */
  private static final double APPLY_STALL_NANOS = 400_000_000;

  private final SimCluster cluster;
  private final World world;
  private final SimNode node;
  private final int incarnation;
  private final SimRandom random;
  private final SimDisk.Session log;
  private final Replica replica;
  private final RaftDriver driver;
  private final Group group;
  private final ArrayDeque<Runnable> applying = new ArrayDeque<>();
  private double stallChance;
  private boolean alive = true;
  private boolean pumping;
  private boolean leads;
  private long term;

  SimProcess(SimCluster cluster, World world, SimNode node) {
    this.cluster = cluster;
    this.world = world;
    this.node = node;
    this.incarnation = node.incarnation;
    this.random = world.random("process." + node.id + "." + incarnation);
    this.log = node.disk.open();
    this.replica = replica(cluster.engines());
    if (replica.appliedIndex() < node.disk.media(SimCluster.GROUP).hardState().commit()) {
      cluster.marks().hit(Mark.STATE_BEHIND_LOG_ON_RESTART);
    }
    this.driver = new RaftDriver(cluster.driverConfig(node.id), log, this, this);
    this.group = driver.open(
        SimCluster.GROUP,
        cluster.groupConfig(node.id, world.random("raft." + node.id + "." + incarnation))
            .withTracer(event -> cluster.checks().core(node.id, SimCluster.GROUP, event)),
        replica.machine());
    replica.bind(group);
  }

  private Replica replica(@Nullable EngineSetup engines) {
    String life = node.id + "." + incarnation;
    SimRandom chance = world.random("machine." + life);
    if (engines == null) {
      return new RegisterReplica(cluster, this, node.state, chance);
    }
    stallChance = chance.pick(0.0, 0.0, 0.01, 0.1);
    SimRuntime runtime =
        new SimRuntime(this, world.random("ids." + life), world.random("strands." + life), engines.threads());
    return new EngineReplica(new EngineMachine(node.id, engines, node.engineState, runtime, chance, this));
  }

  void start() {
    scheduleTick(random.between(0, cluster.tickNanos()));
    wake();
  }

  /** The process is gone. */
  void kill() {
    alive = false;
    applying.clear();
    replica.kill();
  }

  boolean alive() {
    return alive;
  }

  Group group() {
    return group;
  }

  Replica replica() {
    return replica;
  }

  long appliedIndex() {
    return replica.appliedIndex();
  }

  SimDisk.Session log() {
    return log;
  }

  boolean leads() {
    return leads;
  }

  /** Whether the driver has something to do. */
  boolean pumping() {
    return pumping || !applying.isEmpty();
  }

  long term() {
    return term;
  }

  // --- running on the event queue -----------------------------------------------------------------------------------

  /** Runs {@code action} on this process, later if the process is paused, not at all if it is dead. */
  private void run(EventKind kind, Runnable action) {
    if (!alive) {
      return;
    }
    if (world.nowNanos() < node.pausedUntilNanos) {
      world.at(node.pausedUntilNanos, node.id, kind, () -> run(kind, action));
      return;
    }
    try {
      action.run();
    } catch (RuntimeException | AssertionError | StackOverflowError e) {
      died(e);
    }
  }

  /** Plans an event on this process, by the true clock. */
  private World.Event plan(long nanos, EventKind kind, Runnable action) {
    return world.after(nanos, node.id, kind, () -> run(kind, action));
  }

  @Override
  public World.Event after(long localNanos, EventKind kind, Runnable action) {
    return plan(node.clock.trueNanos(localNanos), kind, action);
  }

  private void scheduleTick(long localNanos) {
    after(localNanos, EventKind.TICK, () -> {
      scheduleTick(cluster.tickNanos());
      driver.tick();
      driver.pump();
    });
  }

  private void died(Throwable cause) {
    if (alive) {
      cluster.processFailed(node, this, cause);
    }
  }

  @Override
  public void wake() {
    pumping = true;
    plan(random.exponential(PUMP_NANOS), EventKind.PUMP, this::pump);
  }

  private void pump() {
    pumping = false;
    driver.pump();
  }

  @Override
  public void runApply(long groupId, Runnable task) {
    if (alive) {
      applying.add(task);
      if (applying.size() == 1) {
        scheduleApply();
      }
    }
  }

  private void scheduleApply() {
    plan(applyNanos(), EventKind.APPLY, () -> {
      applying.element().run();
      applying.poll();
      if (!applying.isEmpty()) {
        scheduleApply();
      }
    });
  }

  private long applyNanos() {
    boolean stalls = stallChance > 0 && !cluster.healed() && random.chance(stallChance);
    return random.exponential(APPLY_NANOS) + (stalls ? random.exponential(APPLY_STALL_NANOS) : 0);
  }

  @Override
  public long nanoTime() {
    return node.clock.nanoTime();
  }

  @Override
  public long nowMs() {
    return node.clock.nowMs();
  }

  @Override
  public boolean isOnOwnThread() {
    return world.isOnOwnThread();
  }

  @Override
  public void intruded() {
    world.intruded();
  }

  @Override
  public long leaptNanos() {
    return node.clock.leaptNanos();
  }

  @Override
  public void failed(Throwable cause) {
    died(cause);
  }

  // --- network ------------------------------------------------------------------------------------------------------

  @Override
  public void send(long groupId, List<Message> messages) {
    if (!alive) {
      return;
    }
    for (Message message : messages) {
      cluster.send(node.id, groupId, message);
    }
  }

  void receive(long groupId, Message message) {
    run(EventKind.DELIVER, () -> {
      world.note(message.term() * 31 + message.from());
      driver.received(groupId, message);
    });
  }

  void snapshotLost(long groupId, long to) {
    run(EventKind.DELIVER, () -> driver.snapshotLost(groupId, to));
  }

  // --- the replica --------------------------------------------------------------------------------------------------

  /** Has the registers answer a request. */
  void request(History.Call call, SimClient.Answer answer) {
    if (replica instanceof RegisterReplica registers) {
      run(EventKind.CLIENT, () -> registers.request(call, answer));
    }
  }

  /** Runs something with the engine. */
  void withEngine(Consumer<WorkflowEngine> action) {
    if (replica instanceof EngineReplica engine) {
      run(EventKind.CLIENT, () -> action.accept(engine.engineMachine().engine()));
    }
  }

  void transferLeadership(long to) {
    replica.transferLeadership(group, to);
  }

  @Override
  public void applied(Committed entry, long digest) {
    ConfState configuration = entry instanceof Committed.Configuration change ? change.confState() : null;
    world.note(digest);
    cluster.checks().applied(node.id, SimCluster.GROUP, entry.index(), entry.term(), digest, configuration);
    if (configuration != null) {
      cluster.trace(TraceLine.Kind.APPLY, node.id, configuration);
    }
  }

  @Override
  public void restored(SnapshotMetadata snapshot, long digest) {
    cluster.checks().restored(node.id, SimCluster.GROUP, snapshot, digest);
    cluster.trace(TraceLine.Kind.SNAPSHOT, node.id, snapshot);
  }

  @Override
  public void roleChanged(RoleChange change) {
    leads = change.leads();
    term = change.term();
    cluster.trace(TraceLine.Kind.ROLE, node.id, change.leads() ? "leads term " + change.term() : "term " + change.term()
        + (change.leader() == Message.NOBODY ? ", no leader" : ", follows " + change.leader()));
  }

  /** Whether the process holds a lease right now. */
  boolean holdsLease() {
    long until = group.leaseUntilNanos();
    return until != Long.MIN_VALUE && until - nanoTime() > 0;
  }
}
