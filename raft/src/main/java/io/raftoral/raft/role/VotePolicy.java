package io.raftoral.raft.role;

import io.raftoral.raft.message.Message;

/** Whether this node gives its vote (Raft paper, sections 5.2 and 5.4.1; thesis, sections 4.2.3, 6.4.1 and 9.6). */
final class VotePolicy {
  private static final long NEVER = Long.MIN_VALUE / 2;

  private final RaftCore core;
  // The tick at which a leader was last heard of, whatever its term.
  private long heardAtTick;

  /**
   * Without a memory of a leader; but what a restarted node has confirmed before it went down still binds it, and it
   * cannot know how long ago that was: its start counts as having heard from a leader.
   */
  VotePolicy(RaftCore core, boolean restarted) {
    this.core = core;
    this.heardAtTick = restarted ? core.ticks() : NEVER;
  }

  /** A leader was heard of. */
  void heardFromLeader() {
    heardAtTick = core.ticks();
  }

  /**
   * Whether a leader may rely on this node not to vote for another. Only with check-quorum: without it a leader that
   * has lost its quorum would never make way.
   *
   * <p>A lease needs more than that the leader of the present term is alive: a follower that has moved on to a newer
   * term is still bound by what it confirmed to the leader of the older one.
   */
  boolean isBound() {
    if (!core.config().checkQuorum()) {
      return false;
    }
    boolean leaderIsAlive = core.leader() != Message.NOBODY && !core.timer().reachedElectionTicks();
    return leaderIsAlive || isBoundByLease();
  }

  /** Whether somebody may hold a lease that this node has confirmed. */
  boolean isBoundByLease() {
    return core.config().usesLease() && core.ticks() - heardAtTick < core.config().electionTicks();
  }

  /** Answers a candidate of the present term. */
  void answer(Message.VoteRequest request) {
    if (isBoundByLease() && !request.transfer()) {
      return;
    }
    boolean free =
        core.vote() == request.from() || (core.vote() == Message.NOBODY && core.leader() == Message.NOBODY);
    if (free && core.log().isUpToDate(request.lastIndex(), request.lastTerm())) {
      core.grantVote(request.from());
      core.send(new Message.VoteResponse(core.id(), request.from(), core.term(), true, 0, 0));
      return;
    }
    long commit = core.log().committed();
    core.send(
        new Message.VoteResponse(core.id(), request.from(), core.term(), false, commit, core.termOrZero(commit)));
    core.elections().learnCommit(request.commit(), request.commitTerm());
  }

  /** Answers a node that asks whether it could win. Changes nothing here, not even who has the vote. */
  void answer(Message.PreVoteRequest request) {
    if (isBoundByLease()) {
      return;
    }
    boolean free =
        request.term() > core.term()
            || core.vote() == request.from()
            || (core.vote() == Message.NOBODY && core.leader() == Message.NOBODY);
    if (free && core.log().isUpToDate(request.lastIndex(), request.lastTerm())) {
      // The answer carries the term it was asked for: this node's own term may be lower, and would be taken for stale.
      core.send(new Message.PreVoteResponse(core.id(), request.from(), request.term(), true, 0, 0));
      return;
    }
    refuse(request);
    core.elections().learnCommit(request.commit(), request.commitTerm());
  }

  /** Refuses; the answer carries this node's term, so that a candidate that has fallen behind catches up. */
  void refuse(Message.PreVoteRequest request) {
    long commit = core.log().committed();
    core.send(
        new Message.PreVoteResponse(core.id(), request.from(), core.term(), false, commit, core.termOrZero(commit)));
  }
}
