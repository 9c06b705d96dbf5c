package io.raftoral.simulation.cluster;

import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.driver.Committed;
import io.raftoral.raft.driver.DriverHost;
import io.raftoral.raft.driver.Group;
import io.raftoral.raft.driver.ProposalListener;
import io.raftoral.raft.driver.RaftDriver;
import io.raftoral.raft.driver.ReadListener;
import io.raftoral.raft.driver.RoleChange;
import io.raftoral.raft.driver.Transport;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.simulation.check.Mark;
import io.raftoral.simulation.disk.SimDisk;
import io.raftoral.simulation.linearizability.Register.Input;
import io.raftoral.simulation.linearizability.Register.Output;
import io.raftoral.simulation.trace.TraceLine;
import io.raftoral.simulation.world.EventKind;
import io.raftoral.simulation.world.SimRandom;
import io.raftoral.simulation.world.World;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One life of a node's process: the production driver with its core, hosted by the event queue instead of threads. Dies
 * without a word: nothing of it runs after {@link #kill()}.
 */
final class SimProcess implements DriverHost, Transport, KvMachine.Observer {
  private static final long PUMP_NANOS = 3_000;
  private static final long APPLY_NANOS = 20_000;

  private record CommandId(int client, long sequence) {}

  private final SimCluster cluster;
  private final World world;
  private final SimNode node;
  private final int incarnation;
  private final SimRandom random;
  private final SimDisk.Session log;
  private final KvMachine machine;
  private final RaftDriver driver;
  private final Group group;
  private final ArrayDeque<Runnable> applying = new ArrayDeque<>();
  private final Map<CommandId, SimClient.Answer> waiting = new HashMap<>();
  private boolean alive = true;
  private boolean leads;
  private long term;

  SimProcess(SimCluster cluster, World world, SimNode node) {
    this.cluster = cluster;
    this.world = world;
    this.node = node;
    this.incarnation = node.incarnation;
    this.random = world.random("process." + node.id + "." + incarnation);
    this.log = node.disk.open();
    this.machine = new KvMachine(node.state, world.random("machine." + node.id + "." + incarnation), this);
    if (machine.applied().index() < node.disk.media(SimCluster.GROUP).hardState().commit()) {
      cluster.marks().hit(Mark.STATE_BEHIND_LOG_ON_RESTART);
    }
    this.driver = new RaftDriver(cluster.driverConfig(node.id), log, this, this);
    this.group = driver.open(
        SimCluster.GROUP,
        cluster.groupConfig(node.id, world.random("raft." + node.id + "." + incarnation))
            .withTracer(event -> cluster.checks().core(node.id, SimCluster.GROUP, event)),
        machine);
  }

  void start() {
    scheduleTick(random.between(0, cluster.tickNanos()));
    wake();
  }

  /** The process is gone. */
  void kill() {
    alive = false;
    applying.clear();
    waiting.clear();
  }

  boolean alive() {
    return alive;
  }

  Group group() {
    return group;
  }

  KvMachine machine() {
    return machine;
  }

  SimDisk.Session log() {
    return log;
  }

  boolean leads() {
    return leads;
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

  private void after(long nanos, EventKind kind, Runnable action) {
    world.after(nanos, node.id, kind, () -> run(kind, action));
  }

  private void scheduleTick(long localNanos) {
    after(node.clock.trueNanos(localNanos), EventKind.TICK, () -> {
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
    after(random.exponential(PUMP_NANOS), EventKind.PUMP, this::pump);
  }

  private void pump() {
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
    after(random.exponential(APPLY_NANOS), EventKind.APPLY, () -> {
      applying.element().run();
      applying.poll();
      if (!applying.isEmpty()) {
        scheduleApply();
      }
    });
  }

  @Override
  public long nanoTime() {
    return node.clock.nanoTime();
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

  // --- clients ------------------------------------------------------------------------------------------------------

  void request(History.Call call, SimClient.Answer answer) {
    run(EventKind.CLIENT, () -> {
      if (call.input() instanceof Input.Read) {
        read(call, answer);
      } else {
        propose(call, answer);
      }
    });
  }

  private void propose(History.Call call, SimClient.Answer answer) {
    CommandId id = new CommandId(call.client(), call.sequence());
    waiting.put(id, answer);
    byte[] command = new KvCommand(call.client(), call.sequence(), call.input()).encode(cluster.valueBytes());
    group.propose(command, new ProposalListener() {
      @Override
      public void appended(long appendTerm, long index) {}

      @Override
      public void refused(ProposalResult.Reason reason, long leader) {
        waiting.remove(id);
        answer.refused((int) leader, Mark.COMMAND_REFUSED);
      }
    });
  }

  private void read(History.Call call, SimClient.Answer answer) {
    int key = call.input().key();
    group.read(new ReadListener() {
      @Override
      public void confirmed(long index) {
        if (!leads) {
          cluster.marks().hit(Mark.READ_ON_FOLLOWER);
        }
        machine.whenApplied(index, applied ->
            answer.done(new Output(machine.state().value(key), true), History.after(applied)));
      }

      @Override
      public void failed() {
        answer.refused(0, Mark.READ_FAILED);
      }
    });
  }

  // --- the state machine tells --------------------------------------------------------------------------------------

  @Override
  public void applied(KvMachine source, Committed entry) {
    ConfState configuration = entry instanceof Committed.Configuration change ? change.confState() : null;
    long digest = source.state().digest();
    world.note(digest);
    cluster.checks().applied(node.id, SimCluster.GROUP, entry.index(), entry.term(), digest, configuration);
    if (configuration != null) {
      cluster.trace(TraceLine.Kind.APPLY, node.id, configuration);
    }
  }

  @Override
  public void command(KvCommand command, long index, int ordinal, Output output, boolean duplicate) {
    if (duplicate) {
      cluster.marks().hit(Mark.DUPLICATE_COMMAND_SUPPRESSED);
    } else {
      cluster.placed(command, index, ordinal);
    }
    SimClient.Answer answer = waiting.remove(new CommandId(command.client(), command.sequence()));
    if (answer != null) {
      answer.done(output, 0);
    }
  }

  @Override
  public void restored(KvMachine source, Snapshot snapshot) {
    cluster.checks().restored(node.id, SimCluster.GROUP, snapshot.metadata(), source.state().digest());
    cluster.trace(TraceLine.Kind.SNAPSHOT, node.id, snapshot.metadata());
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
