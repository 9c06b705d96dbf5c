package io.raftoral.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.raft.log.MemoryLogStorage;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Message;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Scenarios 18 to 20: a lease is never longer than what the followers' promises carry. */
class LeaseTest {

  private static TestNode node(boolean lease) {
    MemoryLogStorage storage = new MemoryLogStorage(ConfState.ofVoters(List.of(1L, 2L, 3L)));
    return new TestNode(1, storage, config -> config.withPreVote(false).withLeaderLease(lease));
  }

  private static TestNode leader(boolean lease) {
    TestNode node = node(lease);
    node.raw().campaign();
    node.handleReadys();
    step(node, new Message.VoteResponse(2, 1, 1, true, 0, 0));
    step(node, new Message.AppendAccepted(2, 1, 1, 1));
    return node;
  }

  private static List<Message> step(TestNode node, Message message) {
    node.raw().step(message);
    return node.handleReadys();
  }

  private static void tick(TestNode node, int times) {
    for (int i = 0; i < times; i++) {
      node.raw().tick();
      node.handleReadys();
    }
  }

  private static Message.VoteRequest voteRequest(long from, long term, boolean transfer) {
    return new Message.VoteRequest(from, 1, term, 9, term - 1, 0, 0, transfer);
  }

  @Test
  void thereIsNoLeaseUntilAQuorumHasAnsweredARound() {
    TestNode leader = leader(true);
    assertThat(leader.raw().leaseTicks()).isZero();
    assertThat(leader.raw().leaseStartTick()).isEqualTo(RawNode.NO_LEASE);
    tick(leader, 1);
    step(leader, new Message.HeartbeatResponse(2, 1, 1, 2));
    assertThat(leader.raw().leaseStartTick()).isEqualTo(1);
    assertThat(leader.raw().leaseTicks()).isEqualTo(leader.raw().leaseDurationTicks()).isEqualTo(6);
  }

  @Test
  void theLeaseRunsFromWhenTheRoundWasSentNotFromWhenItWasAnswered() {
    TestNode leader = leader(true);
    tick(leader, 4);
    step(leader, new Message.HeartbeatResponse(2, 1, 1, 2));
    assertThat(leader.raw().leaseTicks()).as("round 2 was sent three ticks ago").isEqualTo(3);
    step(leader, new Message.HeartbeatResponse(3, 1, 1, 4));
    assertThat(leader.raw().leaseTicks()).isEqualTo(5);
    tick(leader, 4);
    assertThat(leader.raw().leaseTicks()).isEqualTo(1);
    tick(leader, 1);
    assertThat(leader.raw().leaseTicks()).isZero();
    step(leader, new Message.HeartbeatResponse(2, 1, 1, 2));
    assertThat(leader.raw().leaseTicks()).as("a repeated answer says nothing new").isZero();
  }

  @Test
  void aHeartbeatIsNotAnsweredBeforeTheFirstTermIsDurable() {
    // A node that has never been in a term does not know after a restart that it has confirmed a lease. So it confirms
    // none before it is bound to remember.
    TestNode node = node(true);
    node.raw().step(new Message.Heartbeat(2, 1, 1, 0, 7));
    Ready first = node.raw().ready();
    assertThat(first.messages()).isEmpty();
    assertThat(first.messagesAfterPersist()).containsExactly(new Message.HeartbeatResponse(1, 2, 1, 7));
    node.raw().step(new Message.Heartbeat(2, 1, 1, 0, 8));
    Ready second = node.raw().ready();
    assertThat(second.messages()).as("still not durable").isEmpty();
    node.storage.write(first.hardState(), first.snapshot(), first.entries());
    node.raw().persisted(first.number());
    node.raw().step(new Message.Heartbeat(3, 1, 2, 0, 1));
    assertThat(node.raw().ready().messages()).as("from now on it remembers").hasSize(1);
    TestNode restarted = new TestNode(1, node.storage, config -> config.withPreVote(false).withLeaderLease(true));
    assertThat(step(restarted, voteRequest(3, 5, false))).as("bound by what it confirmed").isEmpty();
  }

  @Test
  void askingAroundInNoTermDoesNotMakeANodeRemember() {
    TestNode node = node(true);
    node.raw().step(new Message.PreVoteRequest(2, 1, 1, 0, 0, 0, 0));
    node.raw().persisted(node.raw().ready().number());
    node.raw().step(new Message.Heartbeat(2, 1, 1, 0, 7));
    assertThat(node.raw().ready().messages()).isEmpty();
  }

  @Test
  void aloneANodeAlwaysHasALease() {
    TestNode node =
        new TestNode(1, new MemoryLogStorage(ConfState.ofVoters(List.of(1L))), config -> config.withLeaderLease(true));
    node.raw().campaign();
    node.handleReadys();
    assertThat(node.raw().leaseTicks()).isEqualTo(6);
    tick(node, 50);
    assertThat(node.raw().leaseTicks()).isEqualTo(6);
  }

  @Test
  void withoutTheSwitchOrWithoutLeadershipThereIsNoLease() {
    TestNode leader = leader(false);
    tick(leader, 1);
    step(leader, new Message.HeartbeatResponse(2, 1, 1, 2));
    assertThat(leader.raw().leaseTicks()).isZero();
    assertThat(node(true).raw().leaseTicks()).isZero();
    assertThat(node(true).raw().leaseStartTick()).isEqualTo(RawNode.NO_LEASE);
  }

  @Test
  void aTransferEndsTheLeaseAndOnceSomebodyWasToldForTheWholeTerm() {
    TestNode leader = leader(true);
    tick(leader, 1);
    step(leader, new Message.HeartbeatResponse(2, 1, 1, 2));
    leader.raw().transferLeader(3);
    leader.handleReadys();
    assertThat(leader.raw().leaseTicks()).as("node 3 lacks entries and was told nothing yet").isZero();
    for (int i = 3; i <= 12; i++) {
      tick(leader, 1);
      step(leader, new Message.HeartbeatResponse(2, 1, 1, i));
    }
    assertThat(leader.status().transferee()).isZero();
    assertThat(leader.raw().leaseTicks()).as("the transfer was given up").isEqualTo(6);
    leader.raw().transferLeader(2);
    assertThat(leader.handleReadys()).containsExactly(new Message.TimeoutNow(1, 2, 1));
    for (int i = 13; i <= 24; i++) {
      tick(leader, 1);
      step(leader, new Message.HeartbeatResponse(2, 1, 1, i));
      assertThat(leader.raw().leaseTicks()).isZero();
    }
    assertThat(leader.status().role()).isEqualTo(RoleName.LEADER);
  }

  @Test
  void aFollowerIgnoresCandidatesWhileItHearsFromALeaderUnlessItIsATransfer() {
    TestNode follower = node(true);
    step(follower, new Message.Heartbeat(2, 1, 1, 0, 1));
    tick(follower, 9);
    assertThat(step(follower, voteRequest(3, 2, false))).isEmpty();
    assertThat(step(follower, new Message.PreVoteRequest(3, 1, 2, 9, 1, 0, 0))).isEmpty();
    assertThat(follower.status().term()).isEqualTo(1);
    assertThat(step(follower, voteRequest(3, 2, true))).containsExactly(new Message.VoteResponse(1, 3, 2, true, 0, 0));
  }

  @Test
  void afterElectionTicksOfSilenceAFollowerIsFree() {
    TestNode follower = node(true);
    follower.raw().fixElectionTimeout(20);
    step(follower, new Message.Heartbeat(2, 1, 1, 0, 1));
    tick(follower, 10);
    assertThat(step(follower, voteRequest(3, 2, false))).containsExactly(new Message.VoteResponse(1, 3, 2, true, 0, 0));
  }

  @Test
  void movingOnToANewerTermDoesNotFreeAFollowerFromWhatItConfirmed() {
    TestNode follower = node(true);
    follower.raw().fixElectionTimeout(20);
    step(follower, new Message.Heartbeat(2, 1, 1, 0, 1));
    // A late answer to a candidacy of long ago takes this node to term 7, where it knows no leader.
    step(follower, new Message.VoteResponse(3, 1, 7, false, 0, 0));
    assertThat(follower.status().term()).isEqualTo(7);
    assertThat(step(follower, voteRequest(3, 8, false))).isEmpty();
    assertThat(step(follower, voteRequest(3, 7, false))).isEmpty();
    assertThat(step(follower, new Message.PreVoteRequest(3, 1, 7, 9, 1, 0, 0))).isEmpty();
    tick(follower, 10);
    assertThat(step(follower, voteRequest(3, 8, false))).hasSize(1);
  }

  @Test
  void aRestartedNodeWaitsBecauseItMayHaveConfirmedALease() {
    TestNode follower = node(true);
    step(follower, new Message.Heartbeat(2, 1, 1, 0, 1));
    follower.crash();
    follower.restart();
    follower.raw().fixElectionTimeout(20);
    assertThat(step(follower, voteRequest(3, 2, false))).isEmpty();
    follower.raw().campaign();
    assertThat(follower.status().role()).isEqualTo(RoleName.FOLLOWER);
    tick(follower, 10);
    assertThat(step(follower, voteRequest(3, 2, false))).hasSize(1);
  }

  @Test
  void aNewNodeNeedNotWaitNorARestartedOneWithoutLeases() {
    assertThat(step(node(true), voteRequest(3, 2, false))).hasSize(1);
    TestNode restarted = node(false);
    restarted.storage.hardState(new HardState(1, 0, 0));
    restarted.restart();
    assertThat(step(restarted, voteRequest(3, 2, false))).hasSize(1);
  }

  @Test
  void aBoundFollowerNeitherCampaignsNorForgetsItsLeader() {
    TestNode follower = node(true);
    step(follower, new Message.Heartbeat(2, 1, 1, 0, 1));
    follower.raw().campaign();
    follower.raw().forgetLeader();
    assertThat(follower.status().role()).isEqualTo(RoleName.FOLLOWER);
    assertThat(follower.status().leader()).isEqualTo(2);
    TestNode unbound = node(false);
    step(unbound, new Message.Heartbeat(2, 1, 1, 0, 1));
    unbound.raw().forgetLeader();
    assertThat(unbound.status().leader()).isZero();
    assertThat(step(unbound, voteRequest(3, 2, false))).hasSize(1);
  }

  @Test
  void leaseReadsAreAnsweredAtOnceWhileThereIsALeaseAndByAQuorumOtherwise() {
    MemoryLogStorage storage = new MemoryLogStorage(ConfState.ofVoters(List.of(1L, 2L, 3L)));
    TestNode leader = new TestNode(1, storage, c -> c.withPreVote(false).withReadMode(RaftConfig.ReadMode.LEASE));
    leader.raw().campaign();
    leader.handleReadys();
    step(leader, new Message.VoteResponse(2, 1, 1, true, 0, 0));
    step(leader, new Message.AppendAccepted(2, 1, 1, 1));
    leader.raw().readIndex(1);
    assertThat(leader.handleReadys()).contains(new Message.Heartbeat(1, 2, 1, 1, 2));
    assertThat(leader.reads).isEmpty();
    step(leader, new Message.HeartbeatResponse(2, 1, 1, 2));
    assertThat(leader.reads).containsExactly(new ReadState(1, 1));
    leader.raw().readIndex(2);
    assertThat(leader.handleReadys()).isEmpty();
    assertThat(leader.reads).contains(new ReadState(2, 1));
    tick(leader, 7);
    leader.raw().readIndex(3);
    leader.handleReadys();
    assertThat(leader.reads).doesNotContain(new ReadState(3, 1));
  }

  @Test
  void entriesOfALeaderBindAsHeartbeatsDo() {
    TestNode follower = node(true);
    step(follower, new Message.AppendRequest(2, 1, 1, 0, 0, 0, List.of(Entry.Normal.blank(1, 1))));
    assertThat(step(follower, voteRequest(3, 2, false))).isEmpty();
  }
}
