package io.raftoral.simulation.cluster;

import io.raftoral.simulation.disk.SimDisk;
import io.raftoral.simulation.plan.Fault;
import io.raftoral.simulation.workflow.StateMedia;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A machine: its disks and clock, which outlive the process, and the process that runs on it, if one does. */
final class SimNode {
  final int id;
  final SimDisk disk;
  final StateMedia engineState = new StateMedia();
  private final TreeMap<Long, StateDisk> states = new TreeMap<>();
  final NodeClock clock;
  @Nullable SimProcess process;
  int incarnation;
  long pausedUntilNanos;
  /** How much longer than usual each step of a state machine takes. */
  long slowApplyNanos;
  /** What the node is configured with instead of what the plan's knobs say. */
  Fault.@Nullable Reconfigure flags;
  /** Switched off for good, by an operator or because its disk is damaged or gone. */
  boolean retired;

  SimNode(int id, SimDisk disk, NodeClock clock) {
    this.id = id;
    this.disk = disk;
    this.clock = clock;
  }

  /** What of a group's applied state is on the node's disk. */
  StateDisk state(long group) {
    return states.computeIfAbsent(group, key -> new StateDisk());
  }

  /** All disks are gone. */
  void wipe() {
    disk.wipe();
    states.clear();
    retired = true;
  }

  boolean isUp() {
    return process != null;
  }
}
