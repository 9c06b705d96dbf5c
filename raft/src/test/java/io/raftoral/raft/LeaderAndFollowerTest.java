package io.raftoral.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.raft.log.MemoryLogStorage;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfChange.Kind;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** What leaders and followers do with requests, members and limits, on a single node that is spoken to directly. */
class LeaderAndFollowerTest {
  private static final ConfState THREE = ConfState.ofVoters(List.of(1L, 2L, 3L));
  private static final byte[] DATA = {7};

  private static TestNode node(ConfState confState, UnaryOperator<RaftConfig> configure) {
    return new TestNode(
        1,
        new MemoryLogStorage(confState),
        config -> configure.apply(config.withPreVote(false).withCheckQuorum(false)));
  }

  private static TestNode follower() {
    TestNode node = node(THREE, config -> config);
    step(node, new Message.Heartbeat(2, 1, 1, 0, 1));
    return node;
  }

  /** Leads term 1 of nodes 1 to 3, with its blank entry committed. */
  private static TestNode leader(UnaryOperator<RaftConfig> configure) {
    TestNode node = node(THREE, configure);
    node.raw().campaign();
    node.handleReadys();
    step(node, new Message.VoteResponse(2, 1, 1, true, 0, 0));
    step(node, new Message.AppendAccepted(2, 1, 1, 1));
    return node;
  }

  private static TestNode leader() {
    return leader(config -> config);
  }

  private static List<Message> step(TestNode node, Message message) {
    node.raw().step(message);
    return node.handleReadys();
  }

  private static ConfChange change(Kind kind, long node) {
    return ConfChange.simple(kind, node);
  }

  @Test
  void aFollowerForwardsWhatItIsAskedFor() {
    TestNode node = follower();
    ConfChange change = change(Kind.ADD_VOTER, 4);
    assertThat(node.raw().propose(List.of(DATA))).isEqualTo(new ProposalResult.Forwarded(2));
    assertThat(node.raw().proposeConfChange(change)).isEqualTo(new ProposalResult.Forwarded(2));
    node.raw().transferLeader(3);
    assertThat(node.handleReadys())
        .containsExactly(
            new Message.ForwardedProposal(1, 2, List.of(DATA)),
            new Message.ForwardedConfChange(1, 2, change),
            new Message.ForwardedTransfer(1, 2, 3));
  }

  @Test
  void aFollowerPassesOnWhatOthersAskItForButNotBackToWhereItCameFrom() {
    TestNode node = follower();
    ConfChange change = change(Kind.ADD_VOTER, 4);
    node.raw().step(new Message.ForwardedProposal(3, 1, List.of(DATA)));
    node.raw().step(new Message.ForwardedConfChange(3, 1, change));
    node.raw().step(new Message.ReadIndexRequest(3, 1, 9));
    node.raw().step(new Message.ForwardedTransfer(3, 1, 3));
    assertThat(node.handleReadys())
        .containsExactly(
            new Message.ForwardedProposal(3, 2, List.of(DATA)),
            new Message.ForwardedConfChange(3, 2, change),
            new Message.ReadIndexRequest(3, 2, 9),
            new Message.ForwardedTransfer(3, 2, 3));
    assertThat(step(node, new Message.ReadIndexRequest(2, 1, 9))).isEmpty();
  }

  @Test
  void withForwardingOffAFollowerPassesNoProposalsOnButReads() {
    TestNode node = node(THREE, config -> config.withForwardProposals(false));
    step(node, new Message.Heartbeat(2, 1, 1, 0, 1));
    node.raw().step(new Message.ForwardedProposal(3, 1, List.of(DATA)));
    node.raw().step(new Message.ForwardedConfChange(3, 1, change(Kind.ADD_VOTER, 4)));
    node.raw().step(new Message.ReadIndexRequest(3, 1, 9));
    assertThat(node.handleReadys()).containsExactly(new Message.ReadIndexRequest(3, 2, 9));
  }

  @Test
  void withoutALeaderNothingIsPassedOn() {
    TestNode node = node(THREE, config -> config);
    node.raw().step(new Message.ForwardedProposal(3, 1, List.of(DATA)));
    node.raw().transferLeader(2);
    assertThat(node.raw().readIndex(1)).isFalse();
    assertThat(node.handleReadys()).isEmpty();
  }

  @Test
  void aCandidateTakesNothingOnBehalfOfOthers() {
    TestNode node = node(THREE, config -> config);
    node.raw().campaign();
    node.handleReadys();
    long term = node.status().term();
    node.raw().step(new Message.ForwardedProposal(3, 1, List.of(DATA)));
    node.raw().step(new Message.ForwardedConfChange(3, 1, change(Kind.ADD_VOTER, 4)));
    node.raw().step(new Message.ReadIndexRequest(3, 1, 9));
    node.raw().step(new Message.ForwardedTransfer(3, 1, 3));
    node.raw().step(new Message.TimeoutNow(3, 1, term));
    node.raw().step(new Message.HeartbeatResponse(3, 1, term, 1));
    node.raw().step(new Message.AppendAccepted(3, 1, term, 0));
    node.raw().transferLeader(2);
    assertThat(node.raw().readIndex(1)).isFalse();
    assertThat(node.raw().hasReady()).isFalse();
    assertThat(node.status().role()).isEqualTo(RoleName.CANDIDATE);
  }

  @Test
  void aLeaderTakesWhatIsForwarded() {
    TestNode node = leader();
    step(node, new Message.ForwardedProposal(3, 1, List.of(DATA)));
    step(node, new Message.ForwardedConfChange(3, 1, change(Kind.ADD_LEARNER, 4)));
    assertThat(node.status().lastIndex()).isEqualTo(3);
    step(node, new Message.ForwardedTransfer(3, 1, 2));
    assertThat(node.status().transferee()).isEqualTo(2);
    assertThat(node.raw().propose(List.of(DATA)))
        .isEqualTo(new ProposalResult.Refused(ProposalResult.Reason.TRANSFERRING, 1));
  }

  @Test
  void aForwardedReadIsAnsweredToWhoAsked() {
    TestNode node = leader();
    assertThat(step(node, new Message.ReadIndexRequest(3, 1, 9)))
        .containsExactly(new Message.Heartbeat(1, 2, 1, 1, 2), new Message.Heartbeat(1, 3, 1, 0, 2));
    assertThat(step(node, new Message.HeartbeatResponse(2, 1, 1, 2)))
        .containsExactly(new Message.ReadIndexResponse(1, 3, 1, 9, 1));
    assertThat(step(node, new Message.HeartbeatResponse(3, 1, 1, 2)))
        .as("node 3 lacks entries, and the read is answered already")
        .noneMatch(m -> m instanceof Message.ReadIndexResponse);
  }

  @Test
  void aChangeThatLeadsNowhereIsRefused() {
    TestNode node = node(ConfState.ofVoters(List.of(1L)), config -> config);
    node.raw().campaign();
    node.handleReadys();
    assertThat(node.raw().proposeConfChange(change(Kind.REMOVE, 1)))
        .isEqualTo(new ProposalResult.Refused(ProposalResult.Reason.INVALID_CHANGE, 1));
    assertThat(node.status().lastIndex()).isEqualTo(1);
    assertThat(node.raw().proposeConfChange(change(Kind.ADD_LEARNER, 2)))
        .isEqualTo(new ProposalResult.Appended(1, 2, 2));
    assertThat(node.raw().proposeConfChange(change(Kind.ADD_LEARNER, 3)))
        .isEqualTo(new ProposalResult.Refused(ProposalResult.Reason.CHANGE_PENDING, 1));
  }

  @Test
  void withoutValidationALeaderTakesEveryChange() {
    TestNode node = leader(config -> config.withValidateConfChanges(false));
    node.raw().proposeConfChange(change(Kind.ADD_VOTER, 4));
    assertThat(node.raw().proposeConfChange(change(Kind.ADD_VOTER, 5)))
        .isEqualTo(new ProposalResult.Appended(1, 3, 3));
  }

  @Test
  void aRemovedLeaderThatGoesOnTakesNoProposals() {
    TestNode node = leader(config -> config.withStepDownOnRemoval(false));
    node.raw().proposeConfChange(change(Kind.REMOVE, 1));
    node.handleReadys();
    step(node, new Message.AppendAccepted(2, 1, 1, 2));
    assertThat(node.status().role()).isEqualTo(RoleName.LEADER);
    assertThat(node.status().peers()).extracting(Status.Peer::node).containsExactly(2L, 3L);
    assertThat(node.raw().propose(List.of(DATA)))
        .isEqualTo(new ProposalResult.Refused(ProposalResult.Reason.NOT_A_MEMBER, 1));
  }

  @Test
  void aNewMemberIsSentWhatItLacksAtOnce() {
    TestNode node = leader();
    node.raw().proposeConfChange(change(Kind.ADD_LEARNER, 4));
    node.handleReadys();
    assertThat(step(node, new Message.AppendAccepted(2, 1, 1, 2)))
        .anyMatch(m -> m instanceof Message.AppendRequest append && append.to() == 4 && !append.entries().isEmpty());
    assertThat(node.status().peers().get(3))
        .isEqualTo(new Status.Peer(4, Status.Replication.PROBE, 0, 2, true, true, 0, true, 0, 0));
  }

  @Test
  void aSmallerQuorumCommitsWhatItHolds() {
    TestNode node = leader();
    node.raw().proposeConfChange(change(Kind.REMOVE, 3));
    node.raw().propose(List.of(DATA));
    node.handleReadys();
    step(node, new Message.AppendAccepted(2, 1, 1, 2));
    node.raw().proposeConfChange(change(Kind.REMOVE, 2));
    node.handleReadys();
    assertThat(node.status().commit()).isEqualTo(2);
    step(node, new Message.AppendAccepted(2, 1, 1, 4));
    assertThat(node.status().commit()).isEqualTo(4);
    assertThat(node.raw().propose(List.of(DATA))).isInstanceOf(ProposalResult.Appended.class);
    node.handleReadys();
    assertThat(node.status().commit()).as("node 1 decides alone").isEqualTo(5);
  }

  @Test
  void aTransferIsGivenUpIfTheTransfereeIsRemoved() {
    TestNode node = leader();
    node.raw().proposeConfChange(change(Kind.REMOVE, 3));
    node.raw().transferLeader(3);
    node.handleReadys();
    assertThat(node.status().transferee()).isEqualTo(3);
    step(node, new Message.AppendAccepted(2, 1, 1, 2));
    assertThat(node.status().transferee()).isZero();
    assertThat(node.raw().propose(List.of(DATA))).isInstanceOf(ProposalResult.Appended.class);
  }

  @Test
  void leadershipGoesToNoLearnerNoStrangerAndNotToOneself() {
    TestNode node = leader();
    node.raw().proposeConfChange(change(Kind.ADD_LEARNER, 4));
    node.handleReadys();
    step(node, new Message.AppendAccepted(2, 1, 1, 2));
    for (long target : List.of(1L, 4L, 9L)) {
      node.raw().transferLeader(target);
      assertThat(node.status().transferee()).isZero();
    }
    node.raw().transferLeader(3);
    node.raw().transferLeader(2);
    assertThat(node.status().transferee()).as("the later wish counts").isEqualTo(2);
    node.raw().transferLeader(1);
    assertThat(node.status().transferee()).as("staying gives a transfer up").isZero();
  }

  @Test
  void readsThatWaitAreBounded() {
    TestNode node = node(THREE, config -> config);
    node.raw().campaign();
    node.handleReadys();
    step(node, new Message.VoteResponse(2, 1, 1, true, 0, 0));
    int taken = 0;
    while (node.raw().readIndex(taken)) {
      taken++;
    }
    assertThat(taken).isEqualTo(1 << 16);
    step(node, new Message.AppendAccepted(2, 1, 1, 1));
    assertThat(node.raw().readIndex(0)).isFalse();
    step(node, new Message.HeartbeatResponse(2, 1, 1, taken + 1));
    assertThat(node.reads).hasSize(taken);
    assertThat(node.raw().readIndex(0)).isTrue();
  }

  @Test
  void forwardedReadsAreBoundedAndTheOldestIsForgotten() {
    TestNode node = follower();
    for (int i = 0; i <= 4096; i++) {
      assertThat(node.raw().readIndex(i)).isTrue();
    }
    List<Message> asked = node.handleReadys();
    answer(node, asked.getFirst());
    assertThat(node.reads).isEmpty();
    answer(node, asked.get(1));
    answer(node, asked.get(1));
    answer(node, asked.getLast());
    assertThat(node.reads).containsExactly(new ReadState(1, 5), new ReadState(4096, 5));
  }

  private static void answer(TestNode node, Message request) {
    long ticket = ((Message.ReadIndexRequest) request).context();
    step(node, new Message.ReadIndexResponse(2, 1, 1, ticket, 5));
  }

  @Test
  void strangersAndOldRolesChangeNothing() {
    TestNode node = leader();
    Status before = node.status();
    node.raw().step(new Message.AppendAccepted(9, 1, 1, 1));
    node.raw().step(new Message.AppendRejected(9, 1, 1, 1, 0, 0));
    node.raw().step(new Message.HeartbeatResponse(9, 1, 1, 1));
    node.raw().step(new Message.VoteResponse(3, 1, 1, true, 0, 0));
    node.raw().step(new Message.TimeoutNow(3, 1, 1));
    node.raw().step(new Message.ReadIndexResponse(3, 1, 1, 1, 1));
    node.raw().reportSnapshot(9, true);
    node.raw().reportUnreachable(9);
    node.raw().reportSnapshot(2, true);
    assertThat(node.raw().hasReady()).isFalse();
    assertThat(node.status()).isEqualTo(before);
  }

  @Test
  void aLeaderStepsDownWhenItsQuorumIsSilentAndStaysWhileItAnswers() {
    TestNode node = leader(config -> config.withCheckQuorum(true));
    for (int i = 0; i < 5; i++) {
      tick(node, 9);
      step(node, new Message.HeartbeatResponse(3, 1, 1, 1));
      tick(node, 1);
      assertThat(node.status().role()).isEqualTo(RoleName.LEADER);
    }
    tick(node, 10);
    assertThat(node.status().role()).isEqualTo(RoleName.FOLLOWER);
    assertThat(node.status().term()).isEqualTo(1);
  }

  private static void tick(TestNode node, int times) {
    for (int i = 0; i < times; i++) {
      node.raw().tick();
      node.handleReadys();
    }
  }

  @Test
  void entriesSentToAFollowerAreCutBySize() {
    TestNode node = leader(config -> config.withMaxSizePerMessageBytes(60));
    node.raw().propose(List.of(DATA, DATA, DATA));
    assertThat(entriesFor2(node.handleReadys())).containsExactly(2);
    assertThat(node.status().peers().get(1).inFlightBytes()).isEqualTo(2L * new Entry.Normal(1, 1, DATA).sizeBytes());
    assertThat(entriesFor2(step(node, new Message.AppendAccepted(2, 1, 1, 3))))
        .as("what is left goes out with the new commit index")
        .containsExactly(1);
  }

  private static List<Integer> entriesFor2(List<Message> sent) {
    return sent.stream()
        .filter(m -> m.to() == 2)
        .map(m -> ((Message.AppendRequest) m).entries().size())
        .toList();
  }

  @Test
  void aTransfereeThatCatchesUpIsToldToCampaign() {
    TestNode node = leader();
    node.raw().transferLeader(3);
    node.handleReadys();
    assertThat(step(node, new Message.AppendAccepted(2, 1, 1, 1))).isEmpty();
    assertThat(step(node, new Message.AppendAccepted(3, 1, 1, 1))).contains(new Message.TimeoutNow(1, 3, 1));
  }

  @Test
  void aSnapshotIsSentOnlyToAMemberThatLivesAndWhenThereIsOne() {
    TestNode node = leader();
    node.raw().propose(List.of(DATA));
    node.handleReadys();
    step(node, new Message.AppendAccepted(2, 1, 1, 2));
    node.storage.compact(2);
    // Node 3 was not heard of, and its log ends somewhere before.
    assertThat(step(node, new Message.AppendRejected(3, 1, 1, 1, 0, 0))).as("an old answer").isEmpty();
    node.raw().reportUnreachable(3);
    assertThat(step(node, new Message.HeartbeatResponse(3, 1, 1, 1))).as("no snapshot was made yet").isEmpty();
    node.storage.createSnapshot(2, THREE, new byte[0]);
    assertThat(step(node, new Message.HeartbeatResponse(3, 1, 1, 1)))
        .singleElement()
        .isInstanceOf(Message.InstallSnapshot.class);
    assertThat(node.status().peers().get(2).replication()).isEqualTo(Status.Replication.SNAPSHOT);
  }

  @Test
  void messagesOfAnOlderTermAreAnsweredOnlyWhereItHelps() {
    Message.AppendRequest append = new Message.AppendRequest(2, 1, 1, 0, 0, 0, List.of());
    Message.Heartbeat heartbeat = new Message.Heartbeat(2, 1, 1, 0, 1);
    TestNode plain = node(THREE, config -> config);
    step(plain, new Message.Heartbeat(3, 1, 5, 0, 1));
    assertThat(step(plain, append)).isEmpty();
    assertThat(step(plain, heartbeat)).isEmpty();
    TestNode checking = node(THREE, config -> config.withCheckQuorum(true));
    step(checking, new Message.Heartbeat(3, 1, 5, 0, 1));
    assertThat(step(checking, append)).containsExactly(new Message.AppendAccepted(1, 2, 5, 0));
    assertThat(step(checking, heartbeat)).containsExactly(new Message.AppendAccepted(1, 2, 5, 0));
    assertThat(step(checking, new Message.PreVoteRequest(2, 1, 1, 0, 0, 0, 0)))
        .containsExactly(new Message.PreVoteResponse(1, 2, 5, false, 0, 0));
    assertThat(step(checking, new Message.VoteRequest(2, 1, 1, 0, 0, 0, 0, false))).isEmpty();
  }

  @Test
  void aPreVoteIsGrantedToANewerTermAndToTheOneWhoHasTheVote() {
    TestNode node = node(THREE, config -> config);
    step(node, new Message.VoteRequest(2, 1, 3, 0, 0, 0, 0, false));
    assertThat(step(node, new Message.PreVoteRequest(3, 1, 3, 0, 0, 0, 0)))
        .as("the vote of term 3 is given")
        .containsExactly(new Message.PreVoteResponse(1, 3, 3, false, 0, 0));
    assertThat(step(node, new Message.PreVoteRequest(2, 1, 3, 0, 0, 0, 0)))
        .containsExactly(new Message.PreVoteResponse(1, 2, 3, true, 0, 0));
    assertThat(step(node, new Message.PreVoteRequest(3, 1, 4, 0, 0, 0, 0)))
        .containsExactly(new Message.PreVoteResponse(1, 3, 4, true, 0, 0));
    assertThat(node.status().term()).isEqualTo(3);
    assertThat(node.status().vote()).isEqualTo(2);
    step(node, new Message.AppendRequest(2, 1, 3, 0, 0, 0, List.of(Entry.Normal.blank(3, 1))));
    assertThat(step(node, new Message.PreVoteRequest(3, 1, 4, 0, 0, 0, 0)))
        .as("its log is shorter")
        .containsExactly(new Message.PreVoteResponse(1, 3, 3, false, 0, 0));
    assertThat(step(node, new Message.PreVoteRequest(3, 1, 3, 1, 3, 0, 0)))
        .as("the leader of term 3 is known")
        .containsExactly(new Message.PreVoteResponse(1, 3, 3, false, 0, 0));
  }
}
