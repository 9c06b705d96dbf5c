package io.raftoral.raft.role;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.raft.RaftConfig;
import io.raftoral.raft.RawNode;
import io.raftoral.raft.log.MemoryLogStorage;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages that no correct node could have sent are thrown away and counted; they change nothing. */
class MessageCheckTest {
  private static final ConfState CONF = ConfState.ofVoters(List.of(1L, 2L));
  private static final Entry FIRST = Entry.Normal.blank(2, 1);

  private static Message append(long term, long prevIndex, long prevTerm, long commit, Entry... entries) {
    return new Message.AppendRequest(2, 1, term, prevIndex, prevTerm, commit, List.of(entries));
  }

  private static Message snapshot(long term, long index, long snapshotTerm, ConfState confState) {
    return new Message.InstallSnapshot(
        2, 1, term, new Snapshot(new SnapshotMetadata(index, snapshotTerm, confState), new byte[0]));
  }

  static Stream<Message> malformed() {
    ConfState contradictory = new ConfState(List.of(1L), List.of(1L), List.of(), List.of(), false);
    return Stream.of(
        new Message.Heartbeat(2, 3, 1, 0, 0),
        new Message.Heartbeat(1, 1, 1, 0, 0),
        new Message.Heartbeat(0, 1, 1, 0, 0),
        new Message.Heartbeat(-2, 1, 1, 0, 0),
        new Message.Heartbeat(2, 1, 0, 0, 0),
        new Message.Heartbeat(2, 1, -1, 0, 0),
        new Message.Heartbeat(2, 1, 1, -1, 0),
        new Message.Heartbeat(2, 1, 1, 0, -1),
        new Message.HeartbeatResponse(2, 1, 0, 0),
        new Message.HeartbeatResponse(2, 1, 1, -1),
        append(0, 0, 0, 0),
        append(2, -1, 1, 0),
        append(2, 0, 1, 0),
        append(2, 1, 0, 0),
        append(2, 1, 3, 0),
        append(2, 0, 0, -1),
        append(2, 0, 0, 0, Entry.Normal.blank(2, 2)),
        append(2, 0, 0, 0, Entry.Normal.blank(3, 1)),
        append(2, 0, 0, 0, Entry.Normal.blank(0, 1)),
        append(2, 0, 0, 0, FIRST, Entry.Normal.blank(1, 2)),
        append(2, 0, 0, 0, FIRST, Entry.Normal.blank(2, 3)),
        append(2, 1, 2, 0, Entry.Normal.blank(1, 2)),
        new Message.AppendAccepted(2, 1, 0, 0),
        new Message.AppendAccepted(2, 1, 1, -1),
        new Message.AppendRejected(2, 1, 0, 1, 0, 0),
        new Message.AppendRejected(2, 1, 1, 0, 0, 0),
        new Message.AppendRejected(2, 1, 1, 1, -1, 0),
        new Message.AppendRejected(2, 1, 1, 1, 2, 1),
        new Message.AppendRejected(2, 1, 1, 1, 1, -1),
        new Message.VoteRequest(2, 1, 0, 0, 0, 0, 0, false),
        new Message.VoteRequest(2, 1, 1, 1, 2, 0, 0, false),
        new Message.VoteRequest(2, 1, 1, 0, 1, 0, 0, false),
        new Message.VoteRequest(2, 1, 1, 1, 1, -1, 0, false),
        new Message.VoteRequest(2, 1, 1, 1, 1, 0, -1, false),
        new Message.PreVoteRequest(2, 1, 0, 0, 0, 0, 0),
        new Message.PreVoteRequest(2, 1, 1, -1, 0, 0, 0),
        new Message.PreVoteRequest(2, 1, 1, 0, 0, -1, 0),
        new Message.PreVoteRequest(2, 1, 1, 0, 0, 0, -1),
        new Message.VoteResponse(2, 1, 0, true, 0, 0),
        new Message.VoteResponse(2, 1, 1, true, -1, 0),
        new Message.VoteResponse(2, 1, 1, true, 0, -1),
        new Message.PreVoteResponse(2, 1, 0, true, 0, 0),
        new Message.PreVoteResponse(2, 1, 1, true, -1, 0),
        new Message.PreVoteResponse(2, 1, 1, true, 0, -1),
        snapshot(0, 1, 1, CONF),
        snapshot(1, 0, 1, CONF),
        snapshot(1, 1, 0, CONF),
        snapshot(1, 1, 2, CONF),
        snapshot(1, 1, 1, ConfState.EMPTY),
        snapshot(1, 1, 1, contradictory),
        new Message.TimeoutNow(2, 1, 0),
        new Message.ReadIndexResponse(2, 1, 0, 1, 1),
        new Message.ReadIndexResponse(2, 1, 1, 1, -1),
        new Message.ForwardedProposal(2, 1, List.of()),
        new Message.ForwardedTransfer(2, 1, 0));
  }

  private static RawNode node() {
    RaftConfig config = RaftConfig.defaults(1).withPreVote(false).withCheckQuorum(false);
    return new RawNode(config, new MemoryLogStorage(CONF), new Random(1));
  }

  @ParameterizedTest
  @MethodSource("malformed")
  void isRejectedAndCounted(Message message) {
    RawNode node = node();
    node.step(message);
    assertThat(node.status().rejectedMessages()).isEqualTo(1);
    assertThat(node.hasReady()).isFalse();
  }

  static Stream<Message> wellFormed() {
    return Stream.of(
        append(2, 0, 0, 0, FIRST, Entry.Normal.blank(2, 2)),
        append(3, 1, 2, 9, Entry.Normal.blank(2, 2), Entry.Normal.blank(3, 3)),
        new Message.AppendRejected(2, 1, 1, 1, 1, 1),
        new Message.Heartbeat(2, 1, 1, 0, 0),
        new Message.HeartbeatResponse(2, 1, 1, 0),
        new Message.AppendAccepted(2, 1, 1, 0),
        new Message.ReadIndexResponse(2, 1, 1, 1, 0),
        new Message.Heartbeat(2, 1, Long.MAX_VALUE / 4, Long.MAX_VALUE / 4, 0),
        new Message.VoteRequest(2, 1, 1, 1, 1, 1, 1, false),
        new Message.PreVoteRequest(2, 1, 1, 0, 0, 0, 0),
        new Message.VoteResponse(2, 1, 1, false, 1, 1),
        new Message.PreVoteResponse(2, 1, 1, false, 1, 1),
        snapshot(1, 1, 1, CONF),
        new Message.ForwardedTransfer(2, 1, 1));
  }

  @ParameterizedTest
  @MethodSource("wellFormed")
  void whatACorrectNodeCouldSendPasses(Message message) {
    assertThat(MessageCheck.wellFormed(message, 1)).isTrue();
  }

  @Test
  void aLeaderRejectsAnAcknowledgementOfWhatItNeverSent() {
    RawNode node = node();
    node.campaign();
    node.persisted(node.ready().number());
    node.step(new Message.VoteResponse(2, 1, 1, true, 0, 0));
    node.step(new Message.AppendAccepted(2, 1, 1, 7));
    assertThat(node.status().rejectedMessages()).isEqualTo(1);
    assertThat(node.status().commit()).isZero();
  }
}
