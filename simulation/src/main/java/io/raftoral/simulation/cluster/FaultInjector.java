package io.raftoral.simulation.cluster;

import io.raftoral.raft.driver.ProposalListener;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.simulation.check.Mark;
import io.raftoral.simulation.network.SimNetwork;
import io.raftoral.simulation.plan.Fault;
import io.raftoral.simulation.plan.Target;
import io.raftoral.simulation.trace.TraceLine;
import io.raftoral.simulation.world.EventKind;
import io.raftoral.simulation.world.SimRandom;
import io.raftoral.simulation.world.World;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes the faults of a plan happen. What a fault leaves open (which half, which links) is drawn from a stream named
 * after the fault itself, so that it stays the same when other faults are taken out of the plan.
 */
final class FaultInjector {
  private final SimCluster cluster;
  private final World world;

  FaultInjector(SimCluster cluster, World world) {
    this.cluster = cluster;
    this.world = world;
  }

  void inject(Fault fault) {
    SimRandom random = world.random("fault." + fault);
    cluster.trace(TraceLine.Kind.FAULT, 0, fault);
    switch (fault) {
      case Fault.Crash f -> {
        SimNode node = find(f.target(), random);
        if (node != null) {
          cluster.crash(node, f.power(), f.durationMs(), f.power() ? "loses power" : "is killed");
        }
      }
      case Fault.CrashAtDisk f -> {
        SimNode node = find(f.target(), random);
        if (node != null) {
          node.disk.crashAt(f.point(), f.countdown());
        }
      }
      case Fault.PowerCut f -> {
        for (int id = 1; id <= cluster.nodes(); id++) {
          cluster.crash(cluster.node(id), true, random.between(0, f.durationMs()), "loses power");
        }
      }
      case Fault.Partition f -> partition(f, random);
      case Fault.Links f -> {
        cluster.network().quality(f.loss(), f.duplicate(), f.reorder(), f.late(), f.slowdown());
        after(f.durationMs(), cluster.network()::normal);
      }
      case Fault.Pause f -> {
        SimNode node = find(f.target(), random);
        if (node != null) {
          cluster.pause(node, f.durationMs());
        }
      }
      case Fault.ClockRate f -> {
        SimNode node = find(f.target(), random);
        if (node != null) {
          node.clock.runAt(f.rate());
          after(f.durationMs(), () -> node.clock.runAt(1));
        }
      }
      case Fault.ClockJump f -> {
        SimNode node = find(f.target(), random);
        if (node != null) {
          node.clock.jump(f.jumpMs());
        }
      }
      case Fault.DiskSlow f -> {
        SimNode node = find(f.target(), random);
        if (node != null) {
          node.disk.slowDown(f.syncMs() * 1_000_000);
          after(f.durationMs(), () -> node.disk.slowDown(0));
        }
      }
      case Fault.DiskError f -> {
        SimNode node = find(f.target(), random);
        if (node != null) {
          if (cluster.engines() != null && random.chance(0.3)) {
            node.engineState.fail(f.sync());
          } else {
            node.disk.failNext(f.sync());
          }
        }
      }
      case Fault.SlowApply f -> {
        SimNode node = find(f.target(), random);
        if (node != null) {
          node.slowApplyNanos = f.stepMs() * 1_000_000;
          after(f.durationMs(), () -> node.slowApplyNanos = 0);
        }
      }
      case Fault.BitFlip f -> flip(f, random);
      case Fault.Wipe f -> wipe(f, random);
      case Fault.Reconfigure f -> {
        SimNode node = find(f.target(), random);
        if (node != null) {
          node.flags = f;
          cluster.crash(node, false, f.durationMs(), "is stopped to get other flags");
        }
      }
      case Fault.Transfer f -> {
        long group = anyGroup(random);
        SimProcess process = leading(group);
        SimNode target = find(f.target(), random);
        if (process != null && target != null) {
          process.group(group).transferLeadership(target.id);
        }
      }
      case Fault.Membership f -> change(anyGroup(random), f);
    }
  }

  /** A record goes bad, if enough good disks are left for the cluster to be expected to recover. */
  private void flip(Fault.BitFlip f, SimRandom random) {
    SimNode node = find(f.target(), random);
    if (node != null && cluster.isDispensable(node.id)) {
      cluster.crash(node, true, 1, "loses power, and a bit of its log flips");
      if (!node.isUp()) {
        node.disk.damage();
      }
    }
  }

  private void wipe(Fault.Wipe f, SimRandom random) {
    SimNode node = find(f.target(), random);
    if (node != null && !node.retired && cluster.isDispensable(node.id)) {
      cluster.marks().hit(Mark.DISK_WIPED);
      cluster.crash(node, true, 1, "loses its disks for good");
      node.wipe();
      for (long group = 1; group <= cluster.groups(); group++) {
        replace(group, node.id);
      }
    }
  }

  /** An operator asks for a change until the lost node is no member any more. */
  private void replace(long group, int lost) {
    ConfState configuration = cluster.checks().configuration(group);
    boolean member = configuration.voters().contains((long) lost) || configuration.learners().contains((long) lost);
    if (!member && configuration.votersOutgoing().isEmpty()) {
      return;
    }
    SimProcess process = leading(group);
    if (process != null && member) {
      List<ConfChange.Change> changes = new ArrayList<>();
      changes.add(new ConfChange.Change(ConfChange.Kind.REMOVE, lost));
      for (int id = cluster.plan().nodes() + 1; id <= cluster.nodes() && changes.size() == 1; id++) {
        if (!cluster.node(id).retired && !configuration.voters().contains((long) id)) {
          changes.add(new ConfChange.Change(ConfChange.Kind.ADD_VOTER, id));
        }
      }
      process.group(group).handle().proposeChange(
          new ConfChange(ConfChange.Transition.JOINT_IMPLICIT, changes), ProposalListener.IGNORE);
    }
    long againMs = 2 * cluster.knobs().electionTimeoutMs();
    after(againMs, () -> replace(group, lost));
  }

  private long anyGroup(SimRandom random) {
    return 1L + random.nextInt(cluster.groups());
  }

  private @Nullable SimProcess leading(long group) {
    int leader = cluster.checks().newestLeader(group);
    return leader == 0 ? null : cluster.node(leader).process;
  }

  private void change(long group, Fault.Membership f) {
    SimProcess process = leading(group);
    if (process == null) {
      return;
    }
    List<ConfChange.Change> changes = new ArrayList<>();
    for (Fault.MemberChange change : f.changes()) {
      changes.add(new ConfChange.Change(
          switch (change.change()) {
            case ADD_VOTER -> ConfChange.Kind.ADD_VOTER;
            case ADD_LEARNER -> ConfChange.Kind.ADD_LEARNER;
            case REMOVE -> ConfChange.Kind.REMOVE;
          },
          change.node()));
    }
    ConfChange.Transition transition =
        switch (f.passage()) {
          case AUTO -> ConfChange.Transition.AUTO;
          case JOINT -> ConfChange.Transition.JOINT_IMPLICIT;
          case JOINT_EXPLICIT -> ConfChange.Transition.JOINT_EXPLICIT;
        };
    process.group(group).handle().proposeChange(new ConfChange(transition, changes), ProposalListener.IGNORE);
  }

  private void partition(Fault.Partition f, SimRandom random) {
    SimNode node = find(f.target(), random);
    int target = node == null ? 1 : node.id;
    boolean[][] cut = links(f.cut(), target, random);
    if (f.flapMs() <= 0) {
      cut(cut, true);
      after(f.durationMs(), () -> cut(cut, false));
    } else {
      flap(cut, f.flapMs(), f.durationMs(), true);
    }
  }

  private void flap(boolean[][] cut, long flapMs, long leftMs, boolean on) {
    if (!on || leftMs > 0) {
      cut(cut, on);
      after(flapMs, () -> flap(cut, flapMs, leftMs - flapMs, !on));
    }
  }

  private boolean[][] links(Fault.Cut cut, int target, SimRandom random) {
    int nodes = cluster.nodes();
    boolean[][] links = new boolean[nodes + 1][nodes + 1];
    boolean[] side = new boolean[nodes + 1];
    for (int id = 1; id <= nodes; id++) {
      side[id] = id == target || random.chance(0.4);
    }
    for (int from = 1; from <= nodes; from++) {
      for (int to = 1; to <= nodes; to++) {
        links[from][to] =
            from != to
                && switch (cut) {
                  case HALVES -> side[from] != side[to];
                  case ISOLATE -> from == target || to == target;
                  case DEAF -> to == target;
                  case MUTE -> from == target;
                  case BRIDGE -> from != target && to != target && side[from] != side[to];
                  case RANDOM -> random.chance(0.5);
                };
      }
    }
    return links;
  }

  private void cut(boolean[][] links, boolean on) {
    SimNetwork network = cluster.network();
    for (int from = 1; from < links.length; from++) {
      for (int to = 1; to < links.length; to++) {
        if (links[from][to]) {
          network.cut(from, to, on);
        }
      }
    }
  }

  /** Undoes something later, unless healing has undone everything by then. */
  private void after(long ms, Runnable undo) {
    world.after(ms * 1_000_000, World.NOBODY, EventKind.FAULT, () -> {
      if (!cluster.healed()) {
        undo.run();
      }
    });
  }

  private @Nullable SimNode find(Target target, SimRandom random) {
    long group = anyGroup(random);
    int leader = cluster.checks().newestLeader(group);
    return switch (target.kind()) {
      case NODE -> target.node() <= cluster.nodes() ? cluster.node(target.node()) : null;
      case LEADER -> leader > 0 && cluster.node(leader).isUp() ? cluster.node(leader) : anyUp();
      case LONGEST_LOG_FOLLOWER -> byLog(group, leader, 1);
      case SHORTEST_LOG_FOLLOWER -> byLog(group, leader, -1);
    };
  }

  private @Nullable SimNode anyUp() {
    for (int id = 1; id <= cluster.nodes(); id++) {
      if (cluster.node(id).isUp()) {
        return cluster.node(id);
      }
    }
    return null;
  }

  private @Nullable SimNode byLog(long group, int leader, int sign) {
    SimNode best = null;
    for (int id = 1; id <= cluster.nodes(); id++) {
      SimNode node = cluster.node(id);
      if (id != leader && node.isUp() && (best == null || sign * lastIndex(node, group) > sign * lastIndex(best, group))) {
        best = node;
      }
    }
    return best;
  }

  private long lastIndex(SimNode node, long group) {
    return node.disk.media(group).lastIndex();
  }
}
