package io.raftoral.simulation.cluster;

import io.raftoral.raft.driver.Committed;
import io.raftoral.raft.driver.Group;
import io.raftoral.raft.driver.RaftDriver;
import io.raftoral.raft.driver.RoleChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.simulation.check.Mark;
import io.raftoral.simulation.linearizability.Register.Input;
import io.raftoral.simulation.trace.TraceLine;
import io.raftoral.simulation.workflow.EngineMachine;
import io.raftoral.simulation.workflow.EngineSetup;
import io.raftoral.simulation.workflow.SimRuntime;
import io.raftoral.simulation.world.SimRandom;
import io.raftoral.simulation.world.World;
import java.util.ArrayDeque;

/** One Raft group in one life of a process, with what it replicates. */
final class SimGroup implements EngineMachine.Observer {
  private final SimCluster cluster;
  private final World world;
  private final SimNode node;
  private final long id;
  private final Replica replica;
  private final Group group;
  /** Steps of the state machine that wait for their turn. */
  final ArrayDeque<Runnable> applying = new ArrayDeque<>();
  private boolean leads;
  private long term;

  SimGroup(SimCluster cluster, World world, SimNode node, long id, RaftDriver driver, SimRuntime.Host host) {
    this.cluster = cluster;
    this.world = world;
    this.node = node;
    this.id = id;
    String life = node.id + "." + node.incarnation + (id == 1 ? "" : "." + id);
    this.replica = replica(life, host);
    if (replica.appliedIndex() < node.disk.media(id).hardState().commit()) {
      cluster.marks().hit(Mark.STATE_BEHIND_LOG_ON_RESTART);
    }
    this.group = driver.open(
        id,
        cluster.groupConfig(node, world.random("raft." + life))
            .withTracer(event -> cluster.checks().core(node.id, id, event)),
        replica.machine());
    replica.bind(group);
  }

  private Replica replica(String life, SimRuntime.Host host) {
    SimRandom chance = world.random("machine." + life);
    EngineSetup engines = cluster.engines();
    if (engines == null) {
      return new RegisterReplica(cluster, this, node.state(id), chance);
    }
    SimRuntime runtime =
        new SimRuntime(host, world.random("ids." + life), world.random("strands." + life), engines.threads());
    return new EngineReplica(new EngineMachine(node.id, engines, node.engineState, runtime, chance, this));
  }

  /** Which of the groups a register belongs to. */
  static long groupOf(Input input, int groups) {
    return 1L + input.key() % groups;
  }

  void kill() {
    applying.clear();
    replica.kill();
  }

  long id() {
    return id;
  }

  int node() {
    return node.id;
  }

  Group handle() {
    return group;
  }

  Replica replica() {
    return replica;
  }

  long appliedIndex() {
    return replica.appliedIndex();
  }

  boolean leads() {
    return leads;
  }

  long term() {
    return term;
  }

  /** Proposals and reads of which nothing was heard so far. */
  int unanswered() {
    return replica instanceof RegisterReplica registers ? registers.unanswered() : 0;
  }

  void transferLeadership(long to) {
    replica.transferLeadership(group, to);
  }

  /** Whether the process holds a lease right now. */
  boolean holdsLease() {
    long until = group.leaseUntilNanos();
    return until != Long.MIN_VALUE && until - node.clock.nanoTime() > 0;
  }

  @Override
  public void applied(Committed entry, long digest) {
    ConfState configuration = entry instanceof Committed.Configuration change ? change.confState() : null;
    world.note(digest);
    cluster.checks().applied(node.id, id, entry.index(), entry.term(), digest, configuration);
    if (configuration != null) {
      cluster.trace(TraceLine.Kind.APPLY, node.id, configuration);
    }
  }

  @Override
  public void restored(SnapshotMetadata snapshot, long digest) {
    cluster.checks().restored(node.id, id, snapshot, digest);
    cluster.trace(TraceLine.Kind.SNAPSHOT, node.id, snapshot);
  }

  @Override
  public void roleChanged(RoleChange change) {
    leads = change.leads();
    term = change.term();
    String what =
        leads
            ? "leads term " + term
            : "term " + term + (change.leader() == Message.NOBODY ? ", no leader" : ", follows " + change.leader());
    cluster.trace(TraceLine.Kind.ROLE, node.id, id == 1 ? what : "group " + id + ": " + what);
  }
}
