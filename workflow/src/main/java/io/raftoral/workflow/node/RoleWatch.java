package io.raftoral.workflow.node;

import io.raftoral.raft.driver.Committed;
import io.raftoral.raft.driver.RoleChange;
import io.raftoral.raft.driver.SnapshotStaging;
import io.raftoral.raft.driver.SnapshotView;
import io.raftoral.raft.driver.StateMachine;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.List;

/** Stands before the state machine and remembers who leads, so that a request need not ask the loop. */
final class RoleWatch implements StateMachine {
  private final StateMachine machine;

  /** Written by the apply thread, read by anyone. */
  private volatile RoleChange role = new RoleChange(0, Message.NOBODY, false);

  RoleWatch(StateMachine machine) {
    this.machine = machine;
  }

  RoleChange role() {
    return role;
  }

  @Override
  public void roleChanged(RoleChange change) {
    role = change;
    machine.roleChanged(change);
  }

  @Override
  public SnapshotMetadata applied() {
    return machine.applied();
  }

  @Override
  public void founded(ConfState members) {
    machine.founded(members);
  }

  @Override
  public void apply(List<Committed> batch) {
    machine.apply(batch);
  }

  @Override
  public SnapshotStaging stage(SnapshotMetadata metadata) {
    return machine.stage(metadata);
  }

  @Override
  public void restore(SnapshotStaging staging) {
    machine.restore(staging);
  }

  @Override
  public SnapshotView view() {
    return machine.view();
  }

  @Override
  public long makeDurable() {
    return machine.makeDurable();
  }

  @Override
  public long durableIndex() {
    return machine.durableIndex();
  }
}
