package io.raftoral.simulation.cluster;

import io.raftoral.simulation.disk.SimDisk;
import io.raftoral.simulation.workflow.StateMedia;
import org.jspecify.annotations.Nullable;

/** A machine: its disks and clock, which outlive the process, and the process that runs on it, if one does. */
final class SimNode {
  final int id;
  final SimDisk disk;
  final StateDisk state = new StateDisk();
  final StateMedia engineState = new StateMedia();
  final NodeClock clock;
  @Nullable SimProcess process;
  int incarnation;
  long pausedUntilNanos;
  /** Switched off for good, by an operator or because its disk is damaged. */
  boolean retired;

  SimNode(int id, SimDisk disk, NodeClock clock) {
    this.id = id;
    this.disk = disk;
    this.clock = clock;
  }

  boolean isUp() {
    return process != null;
  }
}
