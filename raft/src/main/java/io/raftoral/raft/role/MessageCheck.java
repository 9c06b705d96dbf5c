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
  /**
   * Terms and indexes beyond this are absurd: they would take a thousand years to reach, and from there no sum of two
   * could be told from a negative number.
   */
  private static final long MAX_COUNT = Long.MAX_VALUE / 4;

  private MessageCheck() {}

  static boolean wellFormed(Message message, long self) {
    if (message.to() != self || message.from() <= 0 || message.from() == self) {
      return false;
    }
    if (message.term() > MAX_COUNT) {
      return false;
    }
    return switch (message) {
      case Message.ForwardedProposal m -> !m.data().isEmpty();
      // Whoever drives the core deals with these.
      case Message.SnapshotRequest _, Message.SnapshotPart _ -> false;
      case Message.ForwardedConfChange m -> m.change().changes().stream().allMatch(change -> change.nodeId() >= 0);
      case Message.ReadIndexRequest _ -> true;
      case Message.ForwardedTransfer m -> m.transferee() > 0;
      case Message.AppendRequest m ->
          m.term() > 0 && isCount(m.commit()) && isPosition(m.prevIndex(), m.prevTerm(), m.term()) && continues(m);
      case Message.AppendAccepted m -> m.term() > 0 && isCount(m.matchIndex());
      case Message.AppendRejected m ->
          m.term() > 0
              && m.rejectedIndex() > 0
              && isCount(m.rejectedIndex())
              && isCount(m.hintIndex())
              && m.hintIndex() <= m.rejectedIndex()
              && isCount(m.hintTerm());
      case Message.Heartbeat m -> m.term() > 0 && isCount(m.commit()) && isCount(m.round());
      case Message.HeartbeatResponse m -> m.term() > 0 && isCount(m.round());
      case Message.VoteRequest m ->
          m.term() > 0
              && isPosition(m.lastIndex(), m.lastTerm(), m.term())
              && isCount(m.commit())
              && isCount(m.commitTerm());
      case Message.PreVoteRequest m ->
          m.term() > 0
              && isPosition(m.lastIndex(), m.lastTerm(), m.term())
              && isCount(m.commit())
              && isCount(m.commitTerm());
      case Message.VoteResponse m -> m.term() > 0 && isCount(m.commit()) && isCount(m.commitTerm());
      case Message.PreVoteResponse m -> m.term() > 0 && isCount(m.commit()) && isCount(m.commitTerm());
      case Message.InstallSnapshot m ->
          m.term() > 0
              && m.snapshot().metadata().index() > 0
              && isCount(m.snapshot().metadata().index())
              && m.snapshot().metadata().term() > 0
              && m.snapshot().metadata().term() <= m.term()
              && !m.snapshot().metadata().confState().voters().isEmpty()
              && Membership.isValid(m.snapshot().metadata().confState());
      case Message.TimeoutNow m -> m.term() > 0;
      case Message.ReadIndexResponse m -> m.term() > 0 && isCount(m.index());
    };
  }

  private static boolean isCount(long number) {
    return number >= 0 && number <= MAX_COUNT;
  }

  private static boolean isPosition(long index, long term, long messageTerm) {
    return index == 0 ? term == 0 : index > 0 && isCount(index) && term > 0 && term <= messageTerm;
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

  /** Whether {@code message} answers one that this node sent. */
  static boolean isAnswer(Message message) {
    return switch (message) {
      case Message.AppendAccepted _,
          Message.AppendRejected _,
          Message.HeartbeatResponse _,
          Message.VoteResponse _,
          Message.PreVoteResponse _,
          Message.ReadIndexResponse _ ->
          true;
      case Message.AppendRequest _,
          Message.Heartbeat _,
          Message.VoteRequest _,
          Message.PreVoteRequest _,
          Message.InstallSnapshot _,
          Message.SnapshotRequest _,
          Message.SnapshotPart _,
          Message.TimeoutNow _,
          Message.ForwardedProposal _,
          Message.ForwardedConfChange _,
          Message.ReadIndexRequest _,
          Message.ForwardedTransfer _ ->
          false;
    };
  }
}
