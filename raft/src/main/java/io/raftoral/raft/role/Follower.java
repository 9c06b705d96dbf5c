package io.raftoral.raft.role;

import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.ReadState;
import io.raftoral.raft.RoleName;
import io.raftoral.raft.message.Message;
import java.util.ArrayDeque;
import java.util.Deque;

/** Takes over what its leader sends, and campaigns when it hears of none (Raft paper, figure 2, "followers"). */
final class Follower implements Role {
  /** Reads that wait for the leader's answer; asking for more forgets the oldest, which then is never answered. */
  static final int MAX_FORWARDED_READS = 4096;

  private record ForwardedRead(long ticket, long context) {}

  private final RaftCore core;
  private final Deque<ForwardedRead> reads = new ArrayDeque<>();
  private long leader;

  Follower(RaftCore core, long leader) {
    this.core = core;
    this.leader = leader;
  }

  @Override
  public RoleName name() {
    return RoleName.FOLLOWER;
  }

  @Override
  public long leader() {
    return leader;
  }

  @Override
  public void tick() {
    core.elections().tick();
  }

  @Override
  public void step(Message message) {
    switch (message) {
      case Message.AppendRequest m -> {
        if (follow(m.from())) {
          receive(m);
        }
      }
      case Message.Heartbeat m -> {
        if (follow(m.from())) {
          core.commitTo(m.commit());
          core.send(new Message.HeartbeatResponse(core.id(), m.from(), core.term(), m.round()));
        }
      }
      case Message.InstallSnapshot m -> {
        if (follow(m.from())) {
          receive(m);
        }
      }
      case Message.TimeoutNow _ -> core.elections().campaignForTransfer();
      case Message.ReadIndexResponse m -> readConfirmed(m);
      case Message.ForwardedProposal m -> passOn(new Message.ForwardedProposal(m.from(), leader, m.data()));
      case Message.ForwardedConfChange m -> passOn(new Message.ForwardedConfChange(m.from(), leader, m.change()));
      case Message.ReadIndexRequest m -> passOn(new Message.ReadIndexRequest(m.from(), leader, m.context()));
      case Message.ForwardedTransfer m -> passOn(new Message.ForwardedTransfer(m.from(), leader, m.transferee()));
      // Answers to a role this node no longer has. Votes are dealt with before, and parts of snapshots outside the core.
      case Message.AppendAccepted _,
          Message.AppendRejected _,
          Message.HeartbeatResponse _,
          Message.VoteRequest _,
          Message.PreVoteRequest _,
          Message.VoteResponse _,
          Message.PreVoteResponse _,
          Message.SnapshotRequest _,
          Message.SnapshotPart _ -> {}
    }
  }

  /**
   * Takes {@code from} for the leader of this term, of which there is but one; returns false if that is another node.
   */
  private boolean follow(long from) {
    if (leader != Message.NOBODY && leader != from) {
      core.rejectMessage();
      return false;
    }
    leader = from;
    core.timer().restart();
    core.votes().heardFromLeader();
    return true;
  }

  private void receive(Message.AppendRequest m) {
    long committed = core.log().committed();
    if (m.prevIndex() < committed) {
      // An old message. What is committed matches the leader's log anyway; saying how far helps the leader on.
      core.send(new Message.AppendAccepted(core.id(), m.from(), core.term(), committed));
      return;
    }
    long lastNew = core.append(m);
    if (lastNew >= 0) {
      core.send(new Message.AppendAccepted(core.id(), m.from(), core.term(), lastNew));
      return;
    }
    // See Replication for what the leader makes of the hint.
    long hint = core.log().lastIndexNotAbove(Math.min(m.prevIndex(), core.log().lastIndex()), m.prevTerm());
    core.send(
        new Message.AppendRejected(core.id(), m.from(), core.term(), m.prevIndex(), hint, core.termOrZero(hint)));
  }

  private void receive(Message.InstallSnapshot m) {
    boolean restored = core.restore(m.snapshot());
    long holds = restored ? core.log().lastIndex() : core.log().committed();
    core.send(new Message.AppendAccepted(core.id(), m.from(), core.term(), holds));
  }

  private void passOn(Message message) {
    boolean knowsBetter = leader != Message.NOBODY && leader != message.from();
    boolean proposal = message instanceof Message.ForwardedProposal || message instanceof Message.ForwardedConfChange;
    if (knowsBetter && (!proposal || core.config().forwardProposals())) {
      core.send(message);
    }
  }

  /** Passes a proposal of this node on to the leader. */
  ProposalResult forward(Message message) {
    if (leader == Message.NOBODY) {
      return new ProposalResult.Refused(ProposalResult.Reason.NO_LEADER, Message.NOBODY);
    }
    if (!core.config().forwardProposals()) {
      return new ProposalResult.Refused(ProposalResult.Reason.NOT_LEADER, leader);
    }
    core.send(message);
    return new ProposalResult.Forwarded(leader);
  }

  /** Asks the leader for a read index. */
  boolean readIndex(long context) {
    if (leader == Message.NOBODY) {
      return false;
    }
    if (reads.size() == MAX_FORWARDED_READS) {
      reads.removeFirst();
    }
    long ticket = core.nextReadTicket();
    reads.addLast(new ForwardedRead(ticket, context));
    core.send(new Message.ReadIndexRequest(core.id(), leader, ticket));
    return true;
  }

  private void readConfirmed(Message.ReadIndexResponse m) {
    // By ticket, which no two reads share: a late or repeated answer must not confirm a read that began after it.
    var waiting = reads.iterator();
    while (waiting.hasNext()) {
      ForwardedRead read = waiting.next();
      if (read.ticket == m.context()) {
        waiting.remove();
        core.confirmRead(new ReadState(read.context, m.index()));
        return;
      }
    }
  }

  /** Passes the wish for a transfer on to the leader. */
  void forwardTransfer(long transferee) {
    if (leader != Message.NOBODY) {
      core.send(new Message.ForwardedTransfer(core.id(), leader, transferee));
    }
  }

  /** Believes in no leader any more, unless that could break the lease of one. */
  void forgetLeader() {
    if (!core.votes().isBoundByLease()) {
      leader = Message.NOBODY;
    }
  }
}
