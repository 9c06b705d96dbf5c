package io.raftoral.raft.role;

import io.raftoral.raft.message.Message;

/**
 * What a message's term does before its content counts (Raft paper, section 5.1 and figure 2, "all servers"): a newer
 * term is entered, an older one is not listened to. The exceptions are what keeps a live leader from being disturbed.
 */
final class TermGate {
  private final RaftCore core;

  TermGate(RaftCore core) {
    this.core = core;
  }

  /** Handles a well-formed message, or one that this node sent to itself. */
  void pass(Message message) {
    if (message.term() != 0) {
      if (message.term() < core.term()) {
        answerFromThePast(message);
        return;
      }
      if (message.term() > core.term() && !admit(message)) {
        return;
      }
    }
    switch (message) {
      case Message.VoteRequest request -> core.votes().answer(request);
      case Message.PreVoteRequest request -> core.votes().answer(request);
      default -> core.role().step(message);
    }
  }

  /** A message of a newer term arrived: enters that term, unless the message does not speak for it. */
  private boolean admit(Message message) {
    switch (message) {
      case Message.VoteRequest request -> {
        // A removed node that hears of no leader must not depose one who is alive (thesis, section 4.2.3).
        if (!request.transfer() && core.votes().isBound()) {
          return false;
        }
        core.becomeFollower(request.term(), Message.NOBODY);
      }
      case Message.PreVoteRequest _ -> {
        return !core.votes().isBound();
      }
      case Message.PreVoteResponse response -> {
        if (!response.granted()) {
          core.becomeFollower(response.term(), Message.NOBODY);
        }
      }
      case Message.AppendRequest _, Message.Heartbeat _, Message.InstallSnapshot _ ->
          core.becomeFollower(message.term(), message.from());
      default -> core.becomeFollower(message.term(), Message.NOBODY);
    }
    return true;
  }

  /**
   * A message of an older term has nothing to say here, but its sender may have to learn of the newer term: with
   * pre-vote or check-quorum, a leader that was cut off meets nodes which do not campaign against it, and a
   * pre-candidate must not wait for answers that never come.
   */
  private void answerFromThePast(Message message) {
    switch (message) {
      case Message.AppendRequest _, Message.Heartbeat _ -> {
        if (core.config().checkQuorum() || core.config().preVote()) {
          core.send(new Message.AppendAccepted(core.id(), message.from(), core.term(), 0));
        }
      }
      case Message.PreVoteRequest request -> core.votes().refuse(request);
      default -> {}
    }
  }
}
