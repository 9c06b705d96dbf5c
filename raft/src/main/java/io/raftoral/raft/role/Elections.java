package io.raftoral.raft.role;

import io.raftoral.raft.RoleName;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import java.util.List;

/** When and how a node asks for votes (Raft paper, section 5.2; thesis, sections 3.10 and 9.6). */
final class Elections {
  /** How much of the log is looked through at a time for membership changes that are committed but not applied. */
  private static final long SCAN_PAGE_BYTES = 1 << 20;

  private final RaftCore core;

  Elections(RaftCore core) {
    this.core = core;
  }

  /** A tick passed in which no leader was heard of. */
  void tick() {
    core.timer().tick();
    if (isPromotable() && core.timer().expired()) {
      core.timer().restart();
      start();
    }
  }

  /** Campaigns if this node may; with pre-vote it first asks around. */
  void start() {
    if (mayCampaign()) {
      if (core.config().preVote()) {
        askAround();
      } else {
        campaign(false);
      }
    }
  }

  /** The leader asked this node to take over: no pre-vote, since the leader is alive and wants to go. */
  void campaignForTransfer() {
    if (mayCampaign()) {
      campaign(true);
    }
  }

  /** Only a voter whose state is complete can lead. */
  private boolean isPromotable() {
    return core.membership().isVoter(core.id()) && !core.log().hasPendingSnapshot();
  }

  /**
   * A committed membership change that is not applied yet would have this node count with a quorum that is not in force
   * any more (etcd-io/etcd#7625).
   */
  private boolean mayCampaign() {
    return core.role().name() != RoleName.LEADER && isPromotable() && !hasUnappliedConfChange();
  }

  private boolean hasUnappliedConfChange() {
    return hasConfChange(core.log().applied() + 1, core.log().committed() + 1);
  }

  /** Whether one of the entries {@code [from, to)} is a membership change. */
  private boolean hasConfChange(long from, long to) {
    long next = from;
    while (next < to) {
      List<Entry> page = core.log().entries(next, to, SCAN_PAGE_BYTES);
      for (Entry entry : page) {
        if (entry instanceof Entry.Membership) {
          return true;
        }
      }
      next += page.size();
    }
    return false;
  }

  /**
   * Another node, which is not this one's leader, knows that an entry is committed. That may be what makes this node
   * electable again: it can leave behind a configuration whose members are gone (etcd-io/etcd#12359). A candidacy that
   * counted on the old configuration ends, though.
   *
   * @return whether a candidacy ended
   */
  boolean learnCommit(long index, long commitTerm) {
    long before = core.log().committed();
    boolean leads = core.role().name() == RoleName.LEADER;
    if (leads || commitTerm == 0 || !core.maybeCommit(index, commitTerm)) {
      return false;
    }
    boolean ends = core.role() instanceof Candidate && hasConfChange(before + 1, core.log().committed() + 1);
    if (ends) {
      core.becomeFollower(core.term(), Message.NOBODY);
    }
    return ends;
  }

  private void askAround() {
    core.becomePreCandidate();
    long futureTerm = core.term() + 1;
    long lastIndex = core.log().lastIndex();
    long lastTerm = core.log().lastTerm();
    long commit = core.log().committed();
    for (long voter : core.membership().voters().voters()) {
      core.send(
          voter == core.id()
              ? new Message.PreVoteResponse(voter, voter, futureTerm, true, 0, 0)
              : new Message.PreVoteRequest(
                  core.id(), voter, futureTerm, lastIndex, lastTerm, commit, core.termOrZero(commit)));
    }
  }

  /** Raises the term and asks for votes. */
  void campaign(boolean transfer) {
    core.becomeCandidate();
    long lastIndex = core.log().lastIndex();
    long lastTerm = core.log().lastTerm();
    long commit = core.log().committed();
    for (long voter : core.membership().voters().voters()) {
      core.send(
          voter == core.id()
              ? new Message.VoteResponse(voter, voter, core.term(), true, 0, 0)
              : new Message.VoteRequest(
                  core.id(), voter, core.term(), lastIndex, lastTerm, commit, core.termOrZero(commit), transfer));
    }
  }
}
