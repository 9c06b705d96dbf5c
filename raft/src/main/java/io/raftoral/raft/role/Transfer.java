package io.raftoral.raft.role;

import io.raftoral.raft.message.Message;

/**
 * Hands leadership over (Raft thesis, section 3.10): first the transferee gets the whole log, then it is told to
 * campaign at once. Meanwhile no proposal is taken, or it might never catch up.
 *
 * <p>A transfer goes past the lease of the leader, since its votes do. Once the transferee was told, it may campaign
 * at any later moment, however late that message arrives and even if the transfer was given up: in this term the
 * leader never has a lease again.
 */
final class Transfer {
  private final RaftCore core;
  private final Replication replication;
  private long transferee = Message.NOBODY;
  private boolean toldSomebody;

  Transfer(RaftCore core, Replication replication) {
    this.core = core;
    this.replication = replication;
  }

  /**
   * Starts handing over to {@code node}, if that is another voter; a transfer under way to somebody else is given up.
   */
  void start(long node) {
    if (!core.membership().contains(node) || core.membership().isLearner(node) || node == transferee) {
      return;
    }
    transferee = Message.NOBODY;
    if (node == core.id()) {
      return;
    }
    transferee = node;
    // It must be done within one election timeout.
    core.timer().restart();
    if (replication.isCaughtUp(node)) {
      tell();
    } else {
      replication.send(node);
    }
  }

  /** {@code node} acknowledged entries: perhaps it is ready now. */
  void caughtUp(long node) {
    if (node == transferee && replication.isCaughtUp(node)) {
      tell();
    }
  }

  private void tell() {
    toldSomebody = true;
    core.send(new Message.TimeoutNow(core.id(), transferee, core.term()));
  }

  /** Gives up; returns whether there was anything to give up. */
  boolean abort() {
    boolean underWay = isUnderWay();
    transferee = Message.NOBODY;
    return underWay;
  }

  boolean isUnderWay() {
    return transferee != Message.NOBODY;
  }

  long transferee() {
    return transferee;
  }

  /** Whether another node may campaign regardless of what followers have confirmed to this leader. */
  boolean endsLease() {
    return toldSomebody || isUnderWay();
  }
}
