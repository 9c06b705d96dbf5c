package io.raftoral.raft.role;

import io.raftoral.raft.RoleName;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.quorum.Ballot;
import java.util.Map;
import java.util.TreeMap;

/**
 * Collects votes (Raft paper, figure 2, "candidates"), or as a pre-candidate the promise of votes (thesis, section
 * 9.6). The two never mix: a promise is not a vote.
 */
final class Candidate implements Role {
  private final RaftCore core;
  private final boolean pre;
  private final Map<Long, Ballot> ballots = new TreeMap<>();

  Candidate(RaftCore core, boolean pre) {
    this.core = core;
    this.pre = pre;
  }

  @Override
  public RoleName name() {
    return pre ? RoleName.PRE_CANDIDATE : RoleName.CANDIDATE;
  }

  @Override
  public long leader() {
    return Message.NOBODY;
  }

  @Override
  public void tick() {
    core.elections().tick();
  }

  @Override
  public void step(Message message) {
    switch (message) {
      case Message.AppendRequest _, Message.Heartbeat _, Message.InstallSnapshot _ -> {
        // Somebody else has won this term.
        core.becomeFollower(core.term(), message.from());
        core.stepRole(message);
      }
      case Message.VoteResponse m when !pre -> count(m.from(), m.granted(), m.commit(), m.commitTerm());
      case Message.PreVoteResponse m when pre -> count(m.from(), m.granted(), m.commit(), m.commitTerm());
      // Answers to another role or another kind of candidacy; and there is no leader to whom anything could be passed
      // on.
      case Message.VoteResponse _,
          Message.PreVoteResponse _,
          Message.VoteRequest _,
          Message.PreVoteRequest _,
          Message.AppendAccepted _,
          Message.AppendRejected _,
          Message.HeartbeatResponse _,
          Message.TimeoutNow _,
          Message.ForwardedProposal _,
          Message.ForwardedConfChange _,
          Message.ForwardedTransfer _,
          Message.ReadIndexRequest _,
          Message.ReadIndexResponse _,
          Message.SnapshotRequest _,
          Message.SnapshotPart _ -> {}
    }
  }

  private void count(long voter, boolean granted, long commit, long commitTerm) {
    if (!core.membership().isVoter(voter)) {
      return; // Nobody who was asked; remembering strangers would have no bound.
    }
    ballots.putIfAbsent(voter, granted ? Ballot.GRANTED : Ballot.REFUSED);
    if (!granted && core.elections().learnCommit(commit, commitTerm)) {
      return; // The news ended this candidacy.
    }
    switch (core.membership().voters().vote(id -> ballots.getOrDefault(id, Ballot.MISSING))) {
      case PENDING -> {}
      case LOST -> core.becomeFollower(core.term(), Message.NOBODY);
      case WON -> {
        if (pre) {
          core.elections().campaign(false);
        } else {
          core.becomeLeader();
        }
      }
    }
  }
}
