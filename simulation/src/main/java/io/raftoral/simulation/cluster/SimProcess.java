package io.raftoral.simulation.cluster;

import io.raftoral.raft.driver.DriverHost;
import io.raftoral.raft.driver.RaftDriver;
import io.raftoral.raft.driver.Transport;
import io.raftoral.raft.message.Message;
import io.raftoral.simulation.disk.SimDisk;
import io.raftoral.simulation.workflow.SimRuntime;
import io.raftoral.simulation.world.EventKind;
import io.raftoral.simulation.world.SimRandom;
import io.raftoral.simulation.world.World;
import io.raftoral.workflow.engine.WorkflowEngine;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;

/**
 * One life of a node's process: the production driver with its core, hosted by the event queue instead of threads. Dies
 * without a word: nothing of it runs after {@link #kill()}.
 */
final class SimProcess implements DriverHost, Transport, SimRuntime.Host {
  private static final long PUMP_NANOS = 3_000;

  /** How long applying stands still now and then, on some nodes, as a store does that compacts. */
  private static final double APPLY_STALL_NANOS = 400_000_000;

  private final SimCluster cluster;
  private final World world;
  private final SimNode node;
  private final int incarnation;
  private final SimRandom random;
  private final SimDisk.Session log;
  private final RaftDriver driver;
  private final SimGroup[] groups;
  private final double stallChance;
  private boolean alive = true;
  private boolean pumping;

  SimProcess(SimCluster cluster, World world, SimNode node) {
    this.cluster = cluster;
    this.world = world;
    this.node = node;
    this.incarnation = node.incarnation;
    this.random = world.random("process." + node.id + "." + incarnation);
    this.log = node.disk.open();
    this.stallChance =
        cluster.engines() == null
            ? 0
            : world.random("stalls." + node.id + "." + incarnation).pick(0.0, 0.0, 0.01, 0.1);
    this.driver = new RaftDriver(cluster.driverConfig(node.id), log, this, this);
    this.groups = new SimGroup[cluster.groups()];
    for (int i = 0; i < groups.length; i++) {
      groups[i] = new SimGroup(cluster, world, node, i + 1L, driver, this);
    }
  }

  void start() {
    scheduleTick(random.between(0, cluster.tickNanos()));
    wake();
  }

  /** The process is gone. */
  void kill() {
    alive = false;
    for (SimGroup group : groups) {
      group.kill();
    }
  }

  boolean alive() {
    return alive;
  }

  SimGroup group(long id) {
    return groups[(int) id - 1];
  }

  SimDisk.Session log() {
    return log;
  }

  /** Whether the driver has something to do. */
  boolean pumping() {
    boolean busy = pumping;
    for (SimGroup group : groups) {
      busy |= !group.applying.isEmpty();
    }
    return busy;
  }

  long term(long id) {
    return group(id).term();
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
      ArrayDeque<Runnable> applying = group(groupId).applying;
      applying.add(task);
      if (applying.size() == 1) {
        scheduleApply(applying);
      }
    }
  }

  private void scheduleApply(ArrayDeque<Runnable> applying) {
    plan(applyNanos(), EventKind.APPLY, () -> {
      applying.element().run();
      applying.poll();
      if (!applying.isEmpty()) {
        scheduleApply(applying);
      }
    });
  }

  private long applyNanos() {
    boolean stalls = stallChance > 0 && !cluster.healed() && random.chance(stallChance);
    return random.exponential(cluster.knobs().applyMicros() * 1_000.0)
        + node.slowApplyNanos
        + (stalls ? random.exponential(APPLY_STALL_NANOS) : 0);
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

  // --- the replicas -------------------------------------------------------------------------------------------------

  /** Has the registers answer a request. */
  void request(History.Call call, SimClient.Answer answer) {
    SimGroup group = group(SimGroup.groupOf(call.input(), groups.length));
    if (group.replica() instanceof RegisterReplica registers) {
      run(EventKind.CLIENT, () -> registers.request(call, answer));
    }
  }

  /** Runs something with the engine. */
  void withEngine(Consumer<WorkflowEngine> action) {
    if (groups[0].replica() instanceof EngineReplica engine) {
      run(EventKind.CLIENT, () -> action.accept(engine.engineMachine().engine()));
    }
  }
}
