package io.raftoral.raft.role;

import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.ProposalResult.Reason;
import io.raftoral.raft.RoleName;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfChanger;
import io.raftoral.raft.membership.Membership;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.quorum.Ballot;
import io.raftoral.raft.quorum.VoteResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Takes proposals and keeps the members together (Raft paper, figure 2, "leaders"). */
final class Leader implements Role {
  private final RaftCore core;
  private final Replication replication;
  private final Reads reads;
  private final Transfer transfer;
  private final UncommittedBudget budget;
  private int ticksSinceHeartbeat;
  // The last membership change in the log. No further one is accepted before it is applied here: until then it is not
  // known which quorum it leads to. A new leader does not know where the last one is and assumes the end of its log.
  private long pendingConfIndex;

  Leader(RaftCore core) {
    this.core = core;
    this.replication = new Replication(core, core.log().lastIndex() + 1);
    this.transfer = new Transfer(core, replication);
    this.reads = new Reads(core, replication, transfer);
    this.budget = new UncommittedBudget(core.config().maxUncommittedSizeBytes());
    this.pendingConfIndex = core.log().lastIndex();
  }

  /** Begins the term with a blank entry, whose commit commits everything before it (Raft paper, section 8). */
  void begin() {
    append(List.of(Entry.Normal.blank(core.term(), core.log().lastIndex() + 1)));
    replication.broadcastAppend();
  }

  @Override
  public RoleName name() {
    return RoleName.LEADER;
  }

  @Override
  public long leader() {
    return core.id();
  }

  Replication replication() {
    return replication;
  }

  Reads reads() {
    return reads;
  }

  Transfer transfer() {
    return transfer;
  }

  long uncommittedBytes() {
    return budget.bytes();
  }

  @Override
  public void tick() {
    core.timer().tick();
    if (core.timer().reachedElectionTicks()) {
      core.timer().restart();
      if (core.config().checkQuorum() && !heardFromQuorum()) {
        core.becomeFollower(core.term(), Message.NOBODY);
        return;
      }
      // A transfer that takes an election timeout has failed; proposals must not be held back any longer.
      abortTransfer();
    }
    ticksSinceHeartbeat++;
    if (ticksSinceHeartbeat >= core.config().heartbeatTicks()) {
      ticksSinceHeartbeat = 0;
      reads.beginRound();
    }
  }

  private boolean heardFromQuorum() {
    VoteResult result =
        core.membership()
            .voters()
            .vote(id -> id == core.id() || replication.isRecentlyActive(id) ? Ballot.GRANTED : Ballot.REFUSED);
    replication.clearRecentlyActive();
    return result == VoteResult.WON;
  }

  private void abortTransfer() {
    if (transfer.abort()) {
      leaveJointIfDue();
    }
  }

  @Override
  public void step(Message message) {
    switch (message) {
      case Message.AppendAccepted m -> accepted(m);
      case Message.AppendRejected m -> replication.rejected(m);
      case Message.HeartbeatResponse m -> heartbeatAnswered(m);
      case Message.ForwardedProposal m -> propose(m.data());
      case Message.ForwardedConfChange m -> proposeConfChange(m.change());
      case Message.ReadIndexRequest m -> reads.request(m.from(), m.context());
      case Message.ForwardedTransfer m -> transfer.start(m.transferee());
      // A second leader of this term: only a voter that lost its vote makes that possible, or a sender that lies.
      case Message.AppendRequest _, Message.Heartbeat _, Message.InstallSnapshot _ -> core.rejectMessage();
      case Message.VoteRequest _,
          Message.PreVoteRequest _,
          Message.VoteResponse _,
          Message.PreVoteResponse _,
          Message.TimeoutNow _,
          Message.ReadIndexResponse _,
          Message.SnapshotRequest _,
          Message.SnapshotPart _ -> {}
    }
  }

  private void accepted(Message.AppendAccepted m) {
    if (replication.accepted(m)) {
      // The first entry of this term may have been committed: reads that waited for it can be confirmed.
      reads.unpark();
      transfer.caughtUp(m.from());
    }
  }

  private void heartbeatAnswered(Message.HeartbeatResponse m) {
    if (reads.hasBegun(m.round())) {
      replication.heartbeatAnswered(m);
      reads.release();
    } else {
      core.rejectMessage();
    }
  }

  ProposalResult propose(List<byte[]> data) {
    ProposalResult.Refused refusal = refusal();
    if (refusal != null) {
      return refusal;
    }
    List<Entry> entries = new ArrayList<>(data.size());
    long index = core.log().lastIndex();
    for (byte[] bytes : data) {
      entries.add(new Entry.Normal(core.term(), ++index, bytes));
    }
    return appendAndSend(entries);
  }

  ProposalResult proposeConfChange(ConfChange change) {
    ProposalResult.Refused refusal = refusal();
    if (refusal != null) {
      return refusal;
    }
    long index = core.log().lastIndex() + 1;
    if (core.config().validateConfChanges()) {
      if (comesTooEarly(change)) {
        appendAndSend(List.of(Entry.Normal.blank(core.term(), index)));
        return new ProposalResult.Refused(Reason.CHANGE_PENDING, core.id());
      }
      if (!isValid(change)) {
        return new ProposalResult.Refused(Reason.INVALID_CHANGE, core.id());
      }
    }
    ProposalResult result = appendAndSend(List.of(new Entry.Membership(core.term(), index, change)));
    if (result instanceof ProposalResult.Appended) {
      pendingConfIndex = index;
    }
    return result;
  }

  private boolean comesTooEarly(ConfChange change) {
    boolean pending = pendingConfIndex > core.log().applied();
    return pending || core.membership().isJoint() != ConfChanger.leavesJoint(change);
  }

  private boolean isValid(ConfChange change) {
    try {
      return Membership.isValid(ConfChanger.apply(core.membership().confState(), change));
    } catch (ConfChanger.InvalidChangeException e) {
      return false;
    }
  }

  private ProposalResult.@Nullable Refused refusal() {
    if (!core.membership().contains(core.id())) {
      return new ProposalResult.Refused(Reason.NOT_A_MEMBER, core.id());
    }
    return transfer.isUnderWay() ? new ProposalResult.Refused(Reason.TRANSFERRING, core.id()) : null;
  }

  private ProposalResult appendAndSend(List<Entry> entries) {
    if (!append(entries)) {
      return new ProposalResult.Refused(Reason.OVERLOADED, core.id());
    }
    replication.broadcastAppend();
    return new ProposalResult.Appended(core.term(), entries.getFirst().index(), entries.getLast().index());
  }

  private boolean append(List<Entry> entries) {
    if (!budget.take(entries)) {
      return false;
    }
    core.appendOwn(entries);
    // Said to oneself, so it counts once the entries are durable.
    core.send(new Message.AppendAccepted(core.id(), core.id(), core.term(), core.log().lastIndex()));
    return true;
  }

  /** The state machine has applied everything up to {@code index}. */
  void applied(long index) {
    budget.applied(index);
    leaveJointIfDue();
  }

  /**
   * Leaves a joint configuration that wants to be left, once it is applied. The change may have been appended by an
   * earlier leader and not be committed yet, in which case this configuration is not the last one in the log.
   */
  private void leaveJointIfDue() {
    if (core.membership().confState().autoLeave() && core.log().applied() >= pendingConfIndex) {
      proposeConfChange(ConfChange.leaveJoint());
    }
  }

  /** A new configuration came into force. */
  void membershipChanged() {
    if (!core.membership().isVoter(core.id())) {
      // Removed or demoted. Until it steps down it only finishes what is under way (Raft thesis, section 4.2.2).
      replication.updateMembers();
      return;
    }
    replication.membershipChanged();
    reads.unpark();
    reads.release();
    if (transfer.isUnderWay() && !core.membership().isVoter(transfer.transferee())) {
      abortTransfer();
    }
  }
}
