package io.raftoral.raft.golden;

import io.raftoral.raft.Status;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How the golden files write things down. An entry of term 2 at index 5 is {@code 5@2}. */
final class Words {

  private Words() {}

  static String of(Message message) {
    String what =
        switch (message) {
          case Message.AppendRequest m ->
              "Append prev=%d@%d commit=%d %s".formatted(m.prevIndex(), m.prevTerm(), m.commit(), of(m.entries()));
          case Message.AppendAccepted m -> "AppendAccepted match=" + m.matchIndex();
          case Message.AppendRejected m ->
              "AppendRejected at=%d hint=%d@%d".formatted(m.rejectedIndex(), m.hintIndex(), m.hintTerm());
          case Message.Heartbeat m -> "Heartbeat commit=%d round=%d".formatted(m.commit(), m.round());
          case Message.HeartbeatResponse m -> "HeartbeatResponse round=" + m.round();
          case Message.VoteRequest m ->
              "Vote? last=%d@%d%s".formatted(m.lastIndex(), m.lastTerm(), m.transfer() ? " transfer" : "");
          case Message.VoteResponse m -> m.granted() ? "Vote yes" : "Vote no, commit=" + m.commit();
          case Message.PreVoteRequest m -> "PreVote? last=%d@%d".formatted(m.lastIndex(), m.lastTerm());
          case Message.PreVoteResponse m -> m.granted() ? "PreVote yes" : "PreVote no, commit=" + m.commit();
          case Message.InstallSnapshot m ->
              "Snapshot %d@%d %s"
                  .formatted(
                      m.snapshot().metadata().index(),
                      m.snapshot().metadata().term(),
                      of(m.snapshot().metadata().confState()));
          case Message.TimeoutNow _ -> "TimeoutNow";
          case Message.SnapshotRequest m -> "SnapshotRequest " + m.index();
          case Message.SnapshotPart m -> "SnapshotPart " + m.index();
          case Message.ForwardedProposal m -> "Propose " + m.data().stream().map(Words::text).toList();
          case Message.ForwardedConfChange m -> "Change " + of(m.change());
          case Message.ReadIndexRequest _ -> "ReadIndex?";
          case Message.ReadIndexResponse m -> "ReadIndex " + m.index();
          case Message.ForwardedTransfer m -> "Transfer to " + m.transferee();
        };
    String term = message.term() == 0 ? "" : " term " + message.term();
    return message.from() + "->" + message.to() + term + " " + what;
  }

  static String of(List<Entry> entries) {
    return entries.stream().map(Words::of).collect(Collectors.joining(" ", "[", "]"));
  }

  static String of(Entry entry) {
    String position = entry.index() + "@" + entry.term();
    return switch (entry) {
      case Entry.Normal normal -> normal.data().length == 0 ? position : position + ":" + text(normal.data());
      case Entry.Membership membership -> position + ":" + of(membership.change());
    };
  }

  static String text(byte[] data) {
    return new String(data, StandardCharsets.UTF_8);
  }

  static String of(ConfChange change) {
    if (change.changes().isEmpty()) {
      return "leave";
    }
    String how =
        switch (change.transition()) {
          case AUTO -> "";
          case JOINT_IMPLICIT -> " implicit";
          case JOINT_EXPLICIT -> " explicit";
        };
    return change.changes().stream()
            .map(
                c ->
                    switch (c.kind()) {
                          case ADD_VOTER -> "+";
                          case ADD_LEARNER -> "~";
                          case REMOVE -> "-";
                        }
                        + c.nodeId())
            .collect(Collectors.joining(" ", "(", ")"))
        + how;
  }

  static String of(ConfState state) {
    StringBuilder text = new StringBuilder("voters=" + ids(state.voters()));
    if (!state.votersOutgoing().isEmpty()) {
      text.append("&&").append(ids(state.votersOutgoing()));
    }
    if (!state.learners().isEmpty()) {
      text.append(" learners=").append(ids(state.learners()));
    }
    if (!state.learnersNext().isEmpty()) {
      text.append(" learnersNext=").append(ids(state.learnersNext()));
    }
    return text.append(state.autoLeave() ? " autoLeave" : "").toString();
  }

  private static String ids(List<Long> ids) {
    return ids.stream().map(String::valueOf).collect(Collectors.joining(",", "(", ")"));
  }

  static String of(Status status) {
    return "%d %s term=%d vote=%d leader=%d commit=%d applied=%d last=%d@%d %s"
        .formatted(
            status.node(),
            status.role().name().toLowerCase(Locale.ROOT),
            status.term(),
            status.vote(),
            status.leader(),
            status.commit(),
            status.applied(),
            status.lastIndex(),
            status.lastTerm(),
            of(status.confState()));
  }

  static String of(Status.Peer peer) {
    return "%d %s match=%d next=%d%s%s%s%s"
        .formatted(
            peer.node(),
            peer.replication().name().toLowerCase(Locale.ROOT),
            peer.match(),
            peer.next(),
            peer.learner() ? " learner" : "",
            peer.paused() ? " paused" : "",
            peer.pendingSnapshot() > 0 ? " snapshot=" + peer.pendingSnapshot() : "",
            peer.inFlightMessages() > 0 ? " inflight=" + peer.inFlightMessages() : "");
  }
}
