package io.raftoral.raft.driver;

import io.raftoral.raft.ProposalResult.Reason;
import io.raftoral.raft.Status;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.message.Message;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The side of a group that any thread may touch: it checks bounds, posts to the inbox, and shows what the loop
 * published.
 */
final class GroupHandle implements Group {
  /** How many may wait for a view of a group. */
  private static final int MAX_STATUS_REQUESTS = 1024;

  /** How many membership changes may wait in the inbox. */
  private static final int MAX_CHANGES = 64;

  private final GroupLoop loop;
  private final RaftDriver driver;
  private final DriverCounters counters;
  private final int maxCommandBytes;

  final Quota proposals;
  final Quota reads;
  final Quota changes = new Quota(MAX_CHANGES, Long.MAX_VALUE);
  final Quota statusRequests = new Quota(MAX_STATUS_REQUESTS, Long.MAX_VALUE);

  /** Whom somebody wants to lead and the loop does not know of yet. */
  final AtomicLong transferee = new AtomicLong(Message.NOBODY);

  private volatile long leaseUntilNanos = Long.MIN_VALUE;
  private volatile long leader = Message.NOBODY;
  private volatile Status lastStatus;

  GroupHandle(GroupLoop loop, RaftDriver driver, DriverCounters counters, DriverLimits limits, Status status) {
    this.loop = loop;
    this.driver = driver;
    this.counters = counters;
    this.maxCommandBytes = limits.maxCommandBytes();
    this.proposals = new Quota(limits.maxProposals(), limits.maxProposalBytes());
    this.reads = new Quota(limits.maxReads(), Long.MAX_VALUE);
    this.lastStatus = status;
  }

  @Override
  public long id() {
    return loop.id();
  }

  @Override
  public void propose(byte[] command, ProposalListener listener) {
    if (command.length > maxCommandBytes) {
      throw new IllegalArgumentException(
          "a command of " + command.length + " bytes is larger than maxCommandBytes=" + maxCommandBytes);
    }
    if (driver.isLeaving()) {
      refuse(listener, Reason.STOPPED);
    } else if (!proposals.tryAcquire(command.length)) {
      refuse(listener, Reason.OVERLOADED);
    } else if (!driver.post(new Input.Proposal(loop, command, listener))) {
      proposals.release(1, command.length);
      refuse(listener, Reason.STOPPED);
    }
  }

  @Override
  public void proposeChange(ConfChange change, ProposalListener listener) {
    if (driver.isLeaving()) {
      refuse(listener, Reason.STOPPED);
    } else if (!changes.tryAcquire(0)) {
      refuse(listener, Reason.OVERLOADED);
    } else if (!driver.post(new Input.Change(loop, change, listener))) {
      changes.release(1, 0);
      refuse(listener, Reason.STOPPED);
    }
  }

  @Override
  public void read(ReadListener listener) {
    if (!reads.tryAcquire(0)) {
      listener.failed();
    } else if (!driver.post(new Input.Read(loop, listener))) {
      reads.release(1, 0);
      listener.failed();
    }
  }

  @Override
  public void transferLeadership(long node) {
    if (node <= 0) {
      throw new IllegalArgumentException("a node's id is positive, but is " + node);
    }
    if (transferee.getAndSet(node) == Message.NOBODY) {
      driver.post(new Input.Transfer(loop));
    }
  }

  @Override
  public long leaseUntilNanos() {
    return leaseUntilNanos;
  }

  @Override
  public void status(Consumer<Status> consumer) {
    if (!statusRequests.tryAcquire(0)) {
      consumer.accept(lastStatus);
    } else if (!driver.post(new Input.StatusRequest(loop, consumer))) {
      statusRequests.release(1, 0);
      consumer.accept(lastStatus);
    }
  }

  private void refuse(ProposalListener listener, Reason reason) {
    counters.refusedAtTheDoor.increment();
    listener.refused(reason, leader);
  }

  // What follows is called by the loop.

  void publishLease(long untilNanos) {
    if (leaseUntilNanos != untilNanos) {
      leaseUntilNanos = untilNanos;
    }
  }

  void publishLeader(long leader) {
    this.leader = leader;
  }

  void publishStatus(Status status) {
    lastStatus = status;
  }

  Status lastStatus() {
    return lastStatus;
  }
}
