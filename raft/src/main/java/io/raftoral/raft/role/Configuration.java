package io.raftoral.raft.role;

import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfChanger;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.membership.Membership;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.trace.TraceEvent;

/** The configuration in force, and what follows when another one comes into force (Raft thesis, chapter 4). */
final class Configuration {
  private final RaftCore core;
  private Membership membership;

  Configuration(RaftCore core, ConfState confState) {
    this.core = core;
    try {
      this.membership = Membership.of(confState);
    } catch (ConfChanger.InvalidChangeException e) {
      throw core.violation("the storage holds a configuration that cannot be: " + e.getMessage());
    }
  }

  Membership membership() {
    return membership;
  }

  /** A committed change is being applied; returns what is from now on in force. */
  ConfState apply(ConfChange change) {
    try {
      switchTo(ConfChanger.apply(membership.confState(), change));
    } catch (ConfChanger.InvalidChangeException e) {
      throw core.violation("a committed membership change cannot be applied: " + e.getMessage());
    }
    return membership.confState();
  }

  /** Lets {@code confState} rule. */
  void switchTo(ConfState confState) {
    membership = Membership.of(confState);
    core.trace().transition(TraceEvent.Kind.APPLY_CONFIGURATION);
    if (core.role() instanceof Leader leader) {
      leader.membershipChanged();
      if (!membership.isVoter(core.id()) && core.config().stepDownOnRemoval()) {
        core.becomeFollower(core.term(), Message.NOBODY);
      }
    }
  }
}
