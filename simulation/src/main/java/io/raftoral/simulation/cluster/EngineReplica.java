package io.raftoral.simulation.cluster;

import io.raftoral.raft.driver.Group;
import io.raftoral.raft.driver.StateMachine;
import io.raftoral.simulation.workflow.EngineMachine;
import io.raftoral.workflow.RefusedException;

/** The production workflow engine. */
final class EngineReplica implements Replica {
  private final EngineMachine machine;

  EngineReplica(EngineMachine machine) {
    this.machine = machine;
  }

  EngineMachine engineMachine() {
    return machine;
  }

  @Override
  public StateMachine machine() {
    return machine;
  }

  @Override
  public void bind(Group group) {
    machine.bind(group);
  }

  @Override
  public long appliedIndex() {
    return machine.applied().index();
  }

  /** Asks the engine, which stops its effects first. */
  @Override
  public void transferLeadership(Group group, long node) {
    try {
      machine.engine().transferLeadership(node);
    } catch (RefusedException notRunning) {
      group.transferLeadership(node);
    }
  }

  @Override
  public void kill() {
    machine.abandon();
  }
}
