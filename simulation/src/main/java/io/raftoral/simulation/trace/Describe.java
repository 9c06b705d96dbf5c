package io.raftoral.simulation.trace;

import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import java.util.List;

/** Messages in as few characters as carry the meaning. */
public final class Describe {
  private Describe() {}

  /** A message. */
  public static String message(Message message) {
    return switch (message) {
      case Message.AppendRequest m ->
          "append t" + m.term() + " after " + m.prevIndex() + "/" + m.prevTerm() + " " + entries(m.entries()) + " commit " + m.commit();
      case Message.AppendAccepted m -> "accepted t" + m.term() + " match " + m.matchIndex();
      case Message.AppendRejected m ->
          "rejected t" + m.term() + " at " + m.rejectedIndex() + " hint " + m.hintIndex() + "/" + m.hintTerm();
      case Message.Heartbeat m -> "heartbeat t" + m.term() + " #" + m.round() + " commit " + m.commit();
      case Message.HeartbeatResponse m -> "alive t" + m.term() + " #" + m.round();
      case Message.VoteRequest m ->
          "vote? t" + m.term() + " last " + m.lastIndex() + "/" + m.lastTerm() + (m.transfer() ? " transfer" : "");
      case Message.VoteResponse m -> (m.granted() ? "vote! t" : "no vote t") + m.term();
      case Message.PreVoteRequest m -> "prevote? t" + m.term() + " last " + m.lastIndex() + "/" + m.lastTerm();
      case Message.PreVoteResponse m -> (m.granted() ? "prevote! t" : "no prevote t") + m.term();
      case Message.InstallSnapshot m ->
          "snapshot t" + m.term() + " at " + m.snapshot().metadata().index() + "/" + m.snapshot().metadata().term();
      case Message.TimeoutNow m -> "timeout-now t" + m.term();
      case Message.SnapshotRequest m -> "snapshot " + m.index() + " part?";
      case Message.SnapshotPart m -> "snapshot " + m.index() + " part" + (m.next().length == 0 ? ", last" : "");
      case Message.ForwardedProposal m -> "forwarded proposal";
      case Message.ForwardedConfChange m -> "forwarded change " + m.change();
      case Message.ReadIndexRequest m -> "read? " + m.context();
      case Message.ReadIndexResponse m -> "read! " + m.context() + " at " + m.index();
      case Message.ForwardedTransfer m -> "transfer to " + m.transferee() + "?";
    };
  }

  private static String entries(List<Entry> entries) {
    return switch (entries.size()) {
      case 0 -> "[]";
      case 1 -> "[" + entries.getFirst() + "]";
      default -> "[" + entries.getFirst() + " .. " + entries.getLast() + "]";
    };
  }
}
