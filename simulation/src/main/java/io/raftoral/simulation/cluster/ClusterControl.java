package io.raftoral.simulation.cluster;

import io.raftoral.simulation.workflow.SimRuntime;
import io.raftoral.workflow.engine.WorkflowEngine;
import org.jspecify.annotations.Nullable;

/**
 * A cluster in the hands of a test: what it does to nodes and links, and whether anything is going on. Faults happen at
 * once, between two events.
 */
public final class ClusterControl {
  private static final long FOREVER_MS = Long.MAX_VALUE / 4_000_000;

  private final SimCluster cluster;

  /** Takes hold of a cluster. */
  public ClusterControl(SimCluster cluster) {
    this.cluster = cluster;
  }

  /** Whether a node's process runs. */
  public boolean isUp(int node) {
    return cluster.node(node).isUp();
  }

  /** The process of a node and its machine die; what was not synced is lost. Stays down until it is restarted. */
  public void kill(int node) {
    cluster.crash(cluster.node(node), true, FOREVER_MS, "is killed by the test");
  }

  /** Starts a node that is down. */
  public void restart(int node) {
    cluster.restart(cluster.node(node));
  }

  /** Cuts or mends the link from one node to another, in this direction. */
  public void cut(int from, int to, boolean on) {
    cluster.network().cut(from, to, on);
  }

  /** All links are whole again. */
  public void mend() {
    cluster.network().heal();
  }

  /** The node whose engine runs workflows actively, 0 if there is none. */
  public int active() {
    for (int id = 1; id <= cluster.nodes(); id++) {
      WorkflowEngine engine = engine(id);
      if (engine != null && engine.status().active() && id == cluster.checks().newestLeader(SimCluster.GROUP)) {
        return id;
      }
    }
    return 0;
  }

  /** The engine of a node, null if it is down. */
  public @Nullable WorkflowEngine engine(int node) {
    EngineReplica replica = replica(node);
    return replica == null ? null : replica.engineMachine().engine();
  }

  private @Nullable EngineReplica replica(int node) {
    SimProcess process = cluster.node(node).process;
    return process != null && process.group(SimCluster.GROUP).replica() instanceof EngineReplica engine ? engine : null;
  }

  /** Whether a node has more in its log than is committed. */
  public boolean hasUncommitted(int node) {
    SimProcess process = cluster.node(node).process;
    return process != null
        && process.log().issued(SimCluster.GROUP).lastIndex() > cluster.checks().committed(SimCluster.GROUP);
  }

  /**
   * Whether nothing moves but clocks: everything that was proposed is committed and applied on all nodes that can hear
   * of it, and no thread wants a turn.
   */
  public boolean isIdle() {
    int leader = active();
    if (leader == 0 || hasUncommitted(leader)) {
      return false;
    }
    long end = cluster.checks().committed(SimCluster.GROUP);
    for (int id = 1; id <= cluster.nodes(); id++) {
      SimProcess process = cluster.node(id).process;
      if (process == null) {
        continue;
      }
      boolean reached = id == leader || !cluster.network().isCut(leader, id) && !cluster.network().isCut(id, leader);
      EngineReplica replica = replica(id);
      boolean busy = process.pumping() || replica != null && replica.engineMachine().runtime().hasTurns();
      if (busy || reached && process.group(SimCluster.GROUP).appliedIndex() < end) {
        return false;
      }
    }
    return true;
  }

  /** How long until the next alarm of any engine, in nanoseconds; negative if none is set. */
  public long nextAlarmNanos() {
    long next = -1;
    for (int id = 1; id <= cluster.nodes(); id++) {
      EngineReplica replica = replica(id);
      long alarm = replica == null ? -1 : replica.engineMachine().runtime().nextAlarmNanos();
      next = alarm >= 0 && (next < 0 || alarm < next) ? alarm : next;
    }
    return next;
  }

  /** The clocks on the walls move on, and engines' timers with them; for everything else no time passes. */
  public void leap(long nanos) {
    for (int id = 1; id <= cluster.nodes(); id++) {
      cluster.node(id).clock.leap(nanos);
      EngineReplica replica = replica(id);
      SimRuntime runtime = replica == null ? null : replica.engineMachine().runtime();
      if (runtime != null) {
        runtime.leapt();
      }
    }
  }

  /** The wall clock of a node, in milliseconds since the epoch. */
  public long nowMs(int node) {
    return cluster.node(node).clock.nowMs();
  }
}
