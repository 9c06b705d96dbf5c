package io.raftoral.workflow.engine;

import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.Status;
import io.raftoral.raft.driver.Group;
import io.raftoral.raft.driver.ProposalListener;
import io.raftoral.raft.driver.ReadListener;
import io.raftoral.raft.membership.ConfChange;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A node's handle on the group, whose proposals a test lets through, holds back, refuses or loses. */
final class TestGroup implements Group {
  /** What becomes of the next proposals. */
  enum Mode {
    APPEND,
    HOLD,
    LOSE,
    REFUSE
  }

  /** A proposal that waits in a queue. */
  record Held(byte[] command, ProposalListener listener) {}

  private final TestCluster cluster;
  private final int node;
  private final List<Held> held = new ArrayList<>();
  private Mode mode = Mode.APPEND;
  private ProposalResult.Reason reason = ProposalResult.Reason.OVERLOADED;
  private @Nullable Long leaseUntilNanos;
  private long transferredTo;
  private int proposals;

  TestGroup(TestCluster cluster, int node) {
    this.cluster = cluster;
    this.node = node;
  }

  void mode(Mode changed) {
    mode = changed;
  }

  void refuse(ProposalResult.Reason why) {
    mode = Mode.REFUSE;
    reason = why;
  }

  /** Fixes the lease; null gives the leader one that never ends, and others none. */
  void lease(@Nullable Long untilNanos) {
    leaseUntilNanos = untilNanos;
  }

  List<Held> held() {
    return held;
  }

  int proposals() {
    return proposals;
  }

  long transferredTo() {
    return transferredTo;
  }

  @Override
  public long id() {
    return TestCluster.GROUP;
  }

  @Override
  public void propose(byte[] command, ProposalListener listener) {
    proposals++;
    switch (mode) {
      case APPEND -> cluster.append(node, command, listener);
      case HOLD -> held.add(new Held(command, listener));
      case LOSE -> {}
      case REFUSE -> cluster.later(() -> listener.refused(reason, 0));
    }
  }

  @Override
  public void proposeChange(ConfChange change, ProposalListener listener) {
    throw new UnsupportedOperationException("membership is the node's business");
  }

  @Override
  public void read(ReadListener listener) {
    throw new UnsupportedOperationException("reads are the node's business");
  }

  @Override
  public void transferLeadership(long to) {
    transferredTo = to;
  }

  @Override
  public long leaseUntilNanos() {
    if (leaseUntilNanos != null) {
      return leaseUntilNanos;
    }
    return cluster.leads(node) ? Long.MAX_VALUE : Long.MIN_VALUE;
  }

  @Override
  public void status(Consumer<Status> consumer) {
    throw new UnsupportedOperationException("status is the node's business");
  }
}
