package io.raftoral.raft.role;

import io.raftoral.raft.RoleName;
import io.raftoral.raft.message.Message;

/**
 * What a node is in its present term, with the state that only this role has. A role object lives as long as the node
 * stays in that role and term; whatever must survive is in {@link RaftCore}.
 */
sealed interface Role permits Follower, Candidate, Leader {

  RoleName name();

  /** The leader of the present term as far as this role knows, {@link Message#NOBODY} if it does not. */
  long leader();

  /** One tick passed. */
  void tick();

  /** Handles a message of the present term, or one without a term. Votes are none of a role's business. */
  void step(Message message);
}
