package io.raftoral.raft.role;

import io.raftoral.raft.membership.Membership;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import java.util.List;

/**
 * Tells messages that some correct node could have sent from those that none could. The latter are thrown away and
 * counted: what arrives from the network must never harm a node.
 */
final class MessageCheck {

  private MessageCheck() {}

  static boolean wellFormed(Message message, long self) {
    if (message.to() != self || message.from() <= 0 || message.from() == self) {
      return false;
    }
    return switch (message) {
      case Message.ForwardedProposal m -> !m.data().isEmpty();
      case Message.ForwardedConfChange _, Message.ReadIndexRequest _ -> true;
      case Message.ForwardedTransfer m -> m.transferee() > 0;
      case Message.AppendRequest m ->
          m.term() > 0 && m.commit() >= 0 && isPosition(m.prevIndex(), m.prevTerm(), m.term()) && continues(m);
      case Message.AppendAccepted m -> m.term() > 0 && m.matchIndex() >= 0;
      case Message.AppendRejected m ->
          m.term() > 0
              && m.rejectedIndex() > 0
              && m.hintIndex() >= 0
              && m.hintIndex() <= m.rejectedIndex()
              && m.hintTerm() >= 0;
      case Message.Heartbeat m -> m.term() > 0 && m.commit() >= 0 && m.round() >= 0;
      case Message.HeartbeatResponse m -> m.term() > 0 && m.round() >= 0;
      case Message.VoteRequest m ->
          m.term() > 0 && isPosition(m.lastIndex(), m.lastTerm(), m.term()) && m.commit() >= 0 && m.commitTerm() >= 0;
      case Message.PreVoteRequest m ->
          m.term() > 0 && isPosition(m.lastIndex(), m.lastTerm(), m.term()) && m.commit() >= 0 && m.commitTerm() >= 0;
      case Message.VoteResponse m -> m.term() > 0 && m.commit() >= 0 && m.commitTerm() >= 0;
      case Message.PreVoteResponse m -> m.term() > 0 && m.commit() >= 0 && m.commitTerm() >= 0;
      case Message.InstallSnapshot m ->
          m.term() > 0
              && m.snapshot().metadata().index() > 0
              && m.snapshot().metadata().term() > 0
              && m.snapshot().metadata().term() <= m.term()
              && !m.snapshot().metadata().confState().voters().isEmpty()
              && Membership.isValid(m.snapshot().metadata().confState());
      case Message.TimeoutNow m -> m.term() > 0;
      case Message.ReadIndexResponse m -> m.term() > 0 && m.index() >= 0;
    };
  }

  private static boolean isPosition(long index, long term, long messageTerm) {
    return index == 0 ? term == 0 : index > 0 && term > 0 && term <= messageTerm;
  }

  private static boolean continues(Message.AppendRequest m) {
    List<Entry> entries = m.entries();
    long term = Math.max(1, m.prevTerm());
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      if (entry.index() != m.prevIndex() + 1 + i || entry.term() < term) {
        return false;
      }
      term = entry.term();
    }
    return term <= m.term();
  }
}
