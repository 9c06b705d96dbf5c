package io.raftoral.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.raft.log.MemoryLogStorage;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** What a change of role starts anew, and what an answer is worth: the small print that larger scenarios pass over. */
class RolesAndAnswersTest {

  private static RaftConfig plain(RaftConfig config) {
    return config.withPreVote(false).withCheckQuorum(false);
  }

  /** Node 1 of {@code voters}, with entries of these terms. */
  private static TestNode node(int voters, UnaryOperator<RaftConfig> configure, long... terms) {
    List<Long> members = LongStream.rangeClosed(1, voters).boxed().toList();
    MemoryLogStorage storage = new MemoryLogStorage(ConfState.ofVoters(members));
    List<Entry> entries = new ArrayList<>();
    for (long term : terms) {
      entries.add(new Entry.Normal(term, entries.size() + 1, new byte[1]));
    }
    storage.append(entries);
    storage.hardState(new HardState(terms.length == 0 ? 0 : terms[terms.length - 1], 0, 0));
    return new TestNode(1, storage, configure);
  }

  /** Node 1 leads; its blank entry is committed with node 2 (and 3, if that many are needed). */
  private static TestNode leader(int voters, UnaryOperator<RaftConfig> configure, long... terms) {
    TestNode node = node(voters, configure, terms);
    node.raw().campaign();
    node.handleReadys();
    for (long voter = 2; voter <= voters / 2 + 1; voter++) {
      step(node, new Message.VoteResponse(voter, 1, node.status().term(), true, 0, 0));
    }
    for (long voter = 2; voter <= voters / 2 + 1; voter++) {
      accepted(node, voter, node.status().lastIndex());
    }
    assertThat(node.status().commit()).isEqualTo(terms.length + 1L);
    return node;
  }

  private static List<Message> step(TestNode node, Message message) {
    node.raw().step(message);
    return node.handleReadys();
  }

  private static List<Message> accepted(TestNode node, long from, long match) {
    return step(node, new Message.AppendAccepted(from, 1, node.status().term(), match));
  }

  private static Status.Peer peer(TestNode node, long id) {
    return node.status().peers().stream().filter(peer -> peer.node() == id).findFirst().orElseThrow();
  }

  private static void tick(TestNode node, int times) {
    for (int i = 0; i < times; i++) {
      node.raw().tick();
      node.handleReadys();
    }
  }

  // ---- Roles.

  @Test
  void aNewTermGivesAFollowerItsWholePatience() {
    TestNode node = node(3, RolesAndAnswersTest::plain, 1, 1);
    node.raw().fixElectionTimeout(10);
    tick(node, 9);
    step(node, new Message.VoteRequest(2, 1, 2, 1, 1, 0, 0, false));
    tick(node, 9);
    assertThat(node.status().role())
        .as("refused the vote, and starts counting all the same")
        .isEqualTo(RoleName.FOLLOWER);
    tick(node, 1);
    assertThat(node.status().role()).isEqualTo(RoleName.CANDIDATE);
  }

  @Test
  void aCandidacyStartsCountingAnew() {
    TestNode node = node(3, RolesAndAnswersTest::plain);
    node.raw().fixElectionTimeout(10);
    tick(node, 9);
    node.raw().campaign();
    tick(node, 9);
    assertThat(node.status().term()).isEqualTo(1);
    tick(node, 1);
    assertThat(node.status().term()).isEqualTo(2);
  }

  @Test
  void aNewLeaderHasAWholeElectionTimeoutToHearFromItsQuorum() {
    TestNode node = node(3, config -> config.withPreVote(false));
    node.raw().fixElectionTimeout(20);
    node.raw().campaign();
    tick(node, 9);
    step(node, new Message.VoteResponse(2, 1, 1, true, 0, 0));
    tick(node, 9);
    assertThat(node.status().role()).isEqualTo(RoleName.LEADER);
    tick(node, 1);
    assertThat(node.status().role()).isEqualTo(RoleName.FOLLOWER);
  }

  @Test
  void aLeaderTakesItsOwnLogForHeldAndItsNewEntryOnlyOnceItIsDurable() {
    TestNode node = node(3, RolesAndAnswersTest::plain, 1, 1);
    node.raw().campaign();
    node.handleReadys();
    node.raw().step(new Message.VoteResponse(2, 1, 2, true, 0, 0));
    Status.Peer self = peer(node, 1);
    assertThat(self.replication()).isEqualTo(Status.Replication.REPLICATE);
    assertThat(self.match()).isEqualTo(2);
    assertThat(self.next()).isEqualTo(3);
    assertThat(self.recentlyActive()).isTrue();
    node.handleReadys();
    assertThat(peer(node, 1).match()).isEqualTo(3);
    assertThat(node.status().commit()).isZero();
  }

  @Test
  void aChangeOfTheLeaderAloneIsNewsToHandOut() {
    TestNode node = node(3, RolesAndAnswersTest::plain);
    step(node, new Message.Heartbeat(2, 1, 1, 0, 1));
    assertThat(node.raw().hasReady()).isFalse();
    node.raw().forgetLeader();
    assertThat(node.raw().hasReady()).isTrue();
    assertThat(node.raw().ready().softState()).isEqualTo(new SoftState(0, RoleName.FOLLOWER));
  }

  @Test
  void aSnapshotTellsWhoLeads() {
    TestNode node = node(3, RolesAndAnswersTest::plain);
    step(node, new Message.VoteRequest(3, 1, 1, 0, 0, 0, 0, false));
    assertThat(node.status().leader()).isZero();
    step(node, new Message.InstallSnapshot(3, 1, 1, snapshot(4, 1)));
    assertThat(node.status().leader()).isEqualTo(3);
  }

  @Test
  void aLogOfOneEntryOfANewerTermShowsALostTermToo() {
    MemoryLogStorage storage = new MemoryLogStorage(ConfState.ofVoters(List.of(1L)));
    storage.append(List.of(Entry.Normal.blank(5, 1)));
    storage.hardState(new HardState(4, 0, 0));
    assertThatThrownBy(() -> new RawNode(RaftConfig.defaults(1), storage, new Random(1)))
        .isInstanceOf(RaftInvariantViolation.class)
        .hasMessage("node 1, term 4, index 1: the log ends in term 5: the storage lost the term it had acknowledged");
  }

  // ---- Votes.

  @Test
  void aRefusalThatBringsNewsOfACommitStillCounts() {
    TestNode node = node(3, RolesAndAnswersTest::plain, 1, 1);
    node.raw().campaign();
    node.handleReadys();
    step(node, new Message.VoteResponse(2, 1, 2, false, 1, 1));
    assertThat(node.status().role()).isEqualTo(RoleName.CANDIDATE);
    step(node, new Message.VoteResponse(3, 1, 2, false, 2, 1));
    assertThat(node.status().commit()).isEqualTo(2);
    assertThat(node.status().role()).as("two of three refused").isEqualTo(RoleName.FOLLOWER);
  }

  @Test
  void whoHearsFromALeaderDoesNotEvenAnswerACandidate() {
    TestNode node = node(3, config -> config.withPreVote(false));
    step(node, new Message.Heartbeat(2, 1, 1, 0, 1));
    assertThat(step(node, new Message.VoteRequest(3, 1, 2, 9, 1, 0, 0, false))).isEmpty();
    assertThat(node.status().term()).isEqualTo(1);
  }

  @Test
  void aPromiseForThePresentTermDependsOnTheVoteInIt() {
    TestNode node = node(3, RolesAndAnswersTest::plain, 1);
    Message.PreVoteRequest request = new Message.PreVoteRequest(3, 1, 1, 1, 1, 0, 0);
    assertThat(step(node, request)).containsExactly(new Message.PreVoteResponse(1, 3, 1, true, 0, 0));
    step(node, new Message.VoteRequest(2, 1, 1, 1, 1, 0, 0, false));
    assertThat(step(node, request)).containsExactly(new Message.PreVoteResponse(1, 3, 1, false, 0, 0));
  }

  // ---- A follower's answers.

  @Test
  void anEmptyAppendAtTheBeginningOfTheLogIsAccepted() {
    assertThat(step(node(3, RolesAndAnswersTest::plain), new Message.AppendRequest(2, 1, 1, 0, 0, 0, List.of())))
        .containsExactly(new Message.AppendAccepted(1, 2, 1, 0));
  }

  @Test
  void aSnapshotThatTheLogContainsVouchesForNoMoreThanItCovers() {
    TestNode node = node(3, RolesAndAnswersTest::plain, 1, 1, 1, 1, 1);
    assertThat(step(node, new Message.InstallSnapshot(2, 1, 2, snapshot(3, 1))))
        .as("what follows in the log need not be what the leader holds")
        .containsExactly(new Message.AppendAccepted(1, 2, 2, 3));
    assertThat(node.status().lastIndex()).isEqualTo(5);
  }

  private static Snapshot snapshot(long index, long term) {
    return new Snapshot(new SnapshotMetadata(index, term, ConfState.ofVoters(List.of(1L, 2L, 3L))), new byte[0]);
  }

  // ---- A leader and the answers.

  @Test
  void aCaughtUpMemberThatIsProbedIsStreamedToAgainAfterItsAnswer() {
    TestNode node = leader(3, RolesAndAnswersTest::plain);
    node.raw().reportUnreachable(2);
    assertThat(peer(node, 2).replication()).isEqualTo(Status.Replication.PROBE);
    accepted(node, 2, 0);
    assertThat(peer(node, 2).replication()).as("an old answer").isEqualTo(Status.Replication.PROBE);
    accepted(node, 2, 1);
    assertThat(peer(node, 2).replication()).isEqualTo(Status.Replication.REPLICATE);
  }

  @Test
  void aRepeatedAnswerDoesNotTellTheTransfereeTwice() {
    TestNode node = leader(3, RolesAndAnswersTest::plain);
    node.raw().transferLeader(2);
    assertThat(node.handleReadys()).containsExactly(new Message.TimeoutNow(1, 2, 1));
    assertThat(accepted(node, 2, 1)).isEmpty();
  }

  @Test
  void aTransferHasAWholeElectionTimeout() {
    TestNode node = leader(3, RolesAndAnswersTest::plain);
    tick(node, 9);
    node.raw().transferLeader(2);
    tick(node, 9);
    assertThat(node.status().transferee()).isEqualTo(2);
    tick(node, 1);
    assertThat(node.status().transferee()).isZero();
  }

  @Test
  void whatAHeartbeatSaysOfTheCommitCountsAsTold() {
    TestNode node = leader(3, RolesAndAnswersTest::plain);
    accepted(node, 3, 1);
    node.raw().propose(List.of(new byte[1]));
    node.handleReadys();
    accepted(node, 2, 2);
    // Node 3 was sent the commit of entry 2 by an append that gets lost; the heartbeat tells it of entry 1 alone.
    tick(node, 1);
    assertThat(accepted(node, 3, 2))
        .containsExactly(new Message.AppendRequest(1, 3, 1, 2, 1, 2, List.of()));
  }

  @Test
  void aHintWithoutATermIsTakenAsItIs() {
    TestNode node = leader(3, RolesAndAnswersTest::plain, 1, 1, 1, 1);
    List<Message> sent = step(node, new Message.AppendRejected(3, 1, 2, 4, 2, 0));
    assertThat(sent)
        .singleElement()
        .isInstanceOfSatisfying(
            Message.AppendRequest.class, append -> assertThat(append.prevIndex()).isEqualTo(2));
  }

  @Test
  void aReadIsReleasedWhenASmallerQuorumHasConfirmedIt() {
    TestNode node = leader(4, RolesAndAnswersTest::plain);
    node.raw().proposeConfChange(ConfChange.simple(ConfChange.Kind.REMOVE, 4));
    node.handleReadys();
    node.raw().readIndex(7);
    List<Message> beats = node.handleReadys();
    long round = ((Message.Heartbeat) beats.getFirst()).round();
    step(node, new Message.HeartbeatResponse(2, 1, 1, round));
    assertThat(node.reads).as("two of four").isEmpty();
    accepted(node, 2, 2);
    accepted(node, 3, 2);
    assertThat(node.reads).as("two of three").containsExactly(new ReadState(7, 1));
  }

  @Test
  void aLeaderThatIsNoMemberAnyMoreConfirmsNothingAlone() {
    TestNode node = leader(2, config -> plain(config).withStepDownOnRemoval(false));
    node.raw().proposeConfChange(ConfChange.simple(ConfChange.Kind.REMOVE, 1));
    node.handleReadys();
    accepted(node, 2, 2);
    assertThat(node.status().confState().voters()).containsExactly(2L);
    node.raw().readIndex(7);
    node.handleReadys();
    assertThat(node.reads).isEmpty();
    assertThat(node.raw().proposeConfChange(ConfChange.simple(ConfChange.Kind.ADD_VOTER, 1)))
        .isEqualTo(new ProposalResult.Refused(ProposalResult.Reason.NOT_A_MEMBER, 1));
  }

  @Test
  void theLimitOnUncommittedBytesMayBeReachedButNotExceeded() {
    TestNode node = leader(3, config -> plain(config).withMaxUncommittedSizeBytes(20));
    assertThat(node.raw().propose(List.of(new byte[8]))).isInstanceOf(ProposalResult.Appended.class);
    assertThat(node.raw().propose(List.of(new byte[12]))).isInstanceOf(ProposalResult.Appended.class);
    assertThat(node.raw().propose(List.of(new byte[1]))).isInstanceOf(ProposalResult.Refused.class);
    assertThat(node.raw().proposeConfChange(ConfChange.simple(ConfChange.Kind.ADD_LEARNER, 9)))
        .as("a change has a size")
        .isEqualTo(new ProposalResult.Refused(ProposalResult.Reason.OVERLOADED, 1));
    assertThat(node.raw().propose(List.of(new byte[0])))
        .as("nothing has none")
        .isInstanceOf(ProposalResult.Appended.class);
  }

  @Test
  void theMarginOfALeaseIsRoundedUp() {
    TestNode node = node(3, config -> config.withTicks(25, 1).withLeaderLease(true));
    assertThat(node.raw().leaseDurationTicks()).isEqualTo(25 - 3 - 3);
  }
}
