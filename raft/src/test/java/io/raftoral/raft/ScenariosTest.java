package io.raftoral.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.raft.log.LogStorage;
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
import org.junit.jupiter.api.Test;

/**
 * Bugs that real implementations had, by the number they have in the project's list of scenarios. Others of that list
 * are in the golden files, in {@link Figure2Test}, {@link ReadyContractTest} and {@link LeaseTest}.
 */
class ScenariosTest {
  private static final ConfState THREE = ConfState.ofVoters(List.of(1L, 2L, 3L));

  private static TestNode node(long... terms) {
    MemoryLogStorage storage = new MemoryLogStorage(THREE);
    List<Entry> entries = new ArrayList<>();
    for (long term : terms) {
      entries.add(new Entry.Normal(term, entries.size() + 1, new byte[] {1}));
    }
    storage.append(entries);
    storage.hardState(new HardState(terms.length == 0 ? 0 : terms[terms.length - 1], 0, 0));
    return new TestNode(1, storage, config -> config.withPreVote(false).withCheckQuorum(false));
  }

  private static List<Message> step(TestNode node, Message message) {
    node.raw().step(message);
    return node.handleReadys();
  }

  private static Message.InstallSnapshot snapshot(long term, long index, long snapshotTerm, ConfState confState) {
    SnapshotMetadata metadata = new SnapshotMetadata(index, snapshotTerm, confState);
    return new Message.InstallSnapshot(2, 1, term, new Snapshot(metadata, new byte[0]));
  }

  private static ConfChange add(long node) {
    return ConfChange.simple(ConfChange.Kind.ADD_VOTER, node);
  }

  @Test
  void scenario9aCandidateWithAnUnappliedCommittedConfChangeDoesNotCampaign() {
    MemoryLogStorage storage = new MemoryLogStorage(THREE);
    storage.append(List.of(Entry.Normal.blank(1, 1), new Entry.Membership(1, 2, add(4)), Entry.Normal.blank(1, 3)));
    storage.hardState(new HardState(1, 0, 3));
    RawNode node = new RawNode(RaftConfig.defaults(1).withPreVote(false), storage, new Random(1));
    node.campaign();
    assertThat(node.status().role()).isEqualTo(RoleName.FOLLOWER);
    Ready ready = node.ready();
    node.applyConfChange(add(4));
    node.advance(ready);
    node.campaign();
    assertThat(node.status().role()).isEqualTo(RoleName.CANDIDATE);
  }

  @Test
  void scenario10aNodeThatMustRefuseAVoteLearnsFromItThatAChangeIsCommitted() {
    // Nodes 2 and 3 were left behind by a joint change that is over; node 1 holds it all and does not know. Node 4
    // knows, but its log is shorter, so node 1 must refuse it, and is the only one who can win.
    ConfState joint = new ConfState(List.of(1L, 4L), List.of(), THREE.voters(), List.of(), false);
    MemoryLogStorage storage = new MemoryLogStorage(joint);
    storage.append(
        List.of(
            Entry.Normal.blank(1, 1),
            new Entry.Membership(1, 2, ConfChange.leaveJoint()),
            Entry.Normal.blank(1, 3)));
    storage.hardState(new HardState(1, 0, 1));
    TestNode node = new TestNode(1, storage, config -> config.withPreVote(false).withCheckQuorum(false));
    node.handleReadys();
    Message.VoteRequest request = new Message.VoteRequest(4, 1, 2, 2, 1, 2, 1, false);
    assertThat(step(node, request)).contains(new Message.VoteResponse(1, 4, 2, false, 1, 1));
    assertThat(node.status().confState()).isEqualTo(ConfState.ofVoters(List.of(1L, 4L)));
    node.raw().campaign();
    node.handleReadys();
    step(node, new Message.VoteResponse(4, 1, 3, true, 0, 0));
    assertThat(node.status().role()).isEqualTo(RoleName.LEADER);
  }

  @Test
  void scenario10aCandidacyEndsWhenARefusalShowsThatAnotherConfigurationIsInForce() {
    MemoryLogStorage storage = new MemoryLogStorage(THREE);
    storage.append(List.of(Entry.Normal.blank(1, 1), new Entry.Membership(1, 2, add(4))));
    storage.hardState(new HardState(1, 0, 1));
    TestNode node = new TestNode(1, storage, config -> config.withCheckQuorum(false));
    node.handleReadys();
    node.raw().campaign();
    node.handleReadys();
    assertThat(node.status().role()).isEqualTo(RoleName.PRE_CANDIDATE);
    step(node, new Message.PreVoteResponse(2, 1, 1, false, 2, 1));
    assertThat(node.status().role()).isEqualTo(RoleName.FOLLOWER);
    assertThat(node.status().confState().voters()).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void scenario12eachHalfOfAJointConfigurationNeedsItsOwnMajority() {
    MemoryLogStorage storage =
        new MemoryLogStorage(new ConfState(List.of(1L, 4L, 5L), List.of(), THREE.voters(), List.of(), false));
    TestNode node = new TestNode(1, storage, config -> config.withPreVote(false).withCheckQuorum(false));
    node.raw().campaign();
    node.handleReadys();
    step(node, new Message.VoteResponse(4, 1, 1, true, 0, 0));
    step(node, new Message.VoteResponse(5, 1, 1, true, 0, 0));
    assertThat(node.status().role())
        .as("four votes of six, but one of the outgoing three")
        .isEqualTo(RoleName.CANDIDATE);
    step(node, new Message.VoteResponse(2, 1, 1, true, 0, 0));
    assertThat(node.status().role()).isEqualTo(RoleName.LEADER);
  }

  @Test
  void scenario14aRemovedNodeThatDoesNotKnowItCannotDisturbThoseWhoHearFromALeader() {
    TestCluster cluster = TestCluster.of(3, config -> config);
    cluster.tick(25);
    long leader = cluster.leader();
    long removed = leader % 3 + 1;
    cluster.isolate(removed);
    cluster.raw(leader).proposeConfChange(ConfChange.simple(ConfChange.Kind.REMOVE, removed));
    cluster.settle();
    long term = cluster.node(leader).status().term();
    cluster.recover();
    cluster.drop(m -> m.to() == removed);
    cluster.tick(100);
    assertThat(cluster.leader()).isEqualTo(leader);
    assertThat(cluster.node(leader).status().term()).isEqualTo(term);
  }

  @Test
  void scenario16and17repeatedContextsAndLateAnswersConfirmNoReadThatBeganAfterThem() {
    TestCluster cluster = TestCluster.of(3);
    cluster.elect(1);
    cluster.raw(2).readIndex(5);
    cluster.collect();
    List<Message> late = new ArrayList<>();
    cluster.drop(m -> m instanceof Message.ReadIndexResponse && late.add(m));
    cluster.settle();
    cluster.recover();
    assertThat(late).hasSize(1);
    cluster.propose(1, "a");
    cluster.node(2).crash();
    cluster.node(2).restart();
    cluster.tick(1);
    // The same context again, in a new life; and the answer to the first one comes at last.
    cluster.raw(2).readIndex(5);
    cluster.node(2).raw().step(late.getFirst());
    cluster.collect();
    assertThat(cluster.node(2).reads).isEmpty();
    cluster.settle();
    assertThat(cluster.node(2).reads).containsExactly(new ReadState(5, 2));
  }

  @Test
  void scenario21aSingleNodeAnswersNoReadAfterARestartBeforeItHasCommittedInItsTerm() {
    MemoryLogStorage storage = new MemoryLogStorage(ConfState.ofVoters(List.of(1L)));
    storage.append(List.of(Entry.Normal.blank(1, 1), new Entry.Normal(1, 2, new byte[] {1})));
    storage.hardState(new HardState(1, 1, 1));
    RawNode node = new RawNode(RaftConfig.defaults(1).withPreVote(false), storage, new Random(1));
    Ready early = node.ready();
    node.advance(early);
    node.campaign();
    node.persisted(node.ready().number());
    assertThat(node.status().role()).isEqualTo(RoleName.LEADER);
    assertThat(node.readIndex(1)).isTrue();
    Ready ready = node.ready();
    assertThat(ready.readStates()).as("entry 2 was acknowledged to a client before the crash").isEmpty();
    storage.write(ready.hardState(), null, ready.entries());
    node.persisted(ready.number());
    assertThat(node.ready().readStates()).containsExactly(new ReadState(1, 3));
  }

  @Test
  void scenario23nodesWithAndWithoutPreVoteElectALeaderTogether() {
    TestCluster cluster = new TestCluster();
    cluster.add(1, THREE, config -> config);
    cluster.add(2, THREE, config -> config.withPreVote(false));
    cluster.add(3, THREE, config -> config.withPreVote(false).withCheckQuorum(false));
    cluster.tick(100);
    assertThat(cluster.leader()).isPositive();
    long old = cluster.leader();
    cluster.isolate(old);
    cluster.tick(200);
    cluster.recover();
    cluster.tick(100);
    ProposalResult result = cluster.propose(cluster.leader(), "a");
    assertThat(result).isInstanceOf(ProposalResult.Appended.class);
    cluster.tick(2);
    cluster.nodes.values().forEach(node -> assertThat(node.applied).contains("a"));
  }

  @Test
  void scenario27aTransferTargetWithPreVoteCampaignsAtOnceThoughTheLeaderIsHeard() {
    TestCluster cluster = TestCluster.of(3, config -> config);
    cluster.tick(25);
    long leader = cluster.leader();
    long target = leader % 3 + 1;
    cluster.raw(leader).transferLeader(target);
    cluster.raw(leader).tick();
    cluster.settle();
    assertThat(cluster.leader()).isEqualTo(target);
  }

  @Test
  void scenario29aRefusedVoteIsNoVoteAndCountsOnce() {
    TestNode node = node();
    node.raw().campaign();
    node.handleReadys();
    step(node, new Message.VoteResponse(2, 1, 1, false, 0, 0));
    step(node, new Message.VoteResponse(2, 1, 1, true, 0, 0));
    assertThat(node.status().role()).isEqualTo(RoleName.CANDIDATE);
  }

  @Test
  void scenario26aPromiseOfAVoteIsNoVote() {
    TestNode node = new TestNode(1, new MemoryLogStorage(THREE), config -> config.withCheckQuorum(false));
    node.raw().campaign();
    node.handleReadys();
    step(node, new Message.VoteResponse(2, 1, 1, true, 0, 0));
    assertThat(node.status().term()).isEqualTo(1);
    assertThat(node.status().role())
        .as("a vote for term 1 that this node never asked for")
        .isNotEqualTo(RoleName.LEADER);
    node.raw().campaign();
    node.handleReadys();
    step(node, new Message.PreVoteResponse(2, 1, 2, true, 0, 0));
    assertThat(node.status().role()).isEqualTo(RoleName.CANDIDATE);
    step(node, new Message.PreVoteResponse(3, 1, 2, true, 0, 0));
    assertThat(node.status().role()).isEqualTo(RoleName.CANDIDATE);
  }

  @Test
  void scenario33anAppendWhosePreviousEntryWasCompactedIsNoConflict() {
    TestNode node = node(1, 1, 1);
    step(node, new Message.Heartbeat(2, 1, 1, 3, 1));
    node.compact();
    assertThat(step(node, new Message.AppendRequest(2, 1, 1, 1, 1, 3, List.of(Entry.Normal.blank(1, 2)))))
        .containsExactly(new Message.AppendAccepted(1, 2, 1, 3));
    assertThat(node.status().lastIndex()).isEqualTo(3);
  }

  @Test
  void scenario34aSnapshotOfWhatIsKnownChangesNothing() {
    TestNode node = node(1, 1, 1);
    step(node, new Message.Heartbeat(2, 1, 1, 2, 1));
    assertThat(step(node, snapshot(1, 1, 1, THREE))).containsExactly(new Message.AppendAccepted(1, 2, 1, 2));
    assertThat(step(node, snapshot(1, 3, 1, THREE))).contains(new Message.AppendAccepted(1, 2, 1, 3));
    assertThat(node.status().commit()).as("the log contains the snapshot: it is committed, not replaced").isEqualTo(3);
    assertThat(node.terms()).hasSize(3);
  }

  @Test
  void scenario35aSnapshotReplacesAConflictingTail() {
    TestNode node = node(1, 2, 2, 2, 2);
    step(node, snapshot(3, 3, 3, THREE));
    assertThat(node.status().lastIndex()).isEqualTo(3);
    assertThat(node.status().lastTerm()).isEqualTo(3);
    assertThat(node.terms()).isEmpty();
    assertThat(step(node, new Message.AppendRequest(2, 1, 3, 3, 3, 4, List.of(Entry.Normal.blank(3, 4)))))
        .contains(new Message.AppendAccepted(1, 2, 3, 4));
  }

  @Test
  void scenario38aSnapshotThatDoesNotKnowThisNodeIsTakenAndTheNodeWaitsToBeAdded() {
    TestNode node = new TestNode(1, new MemoryLogStorage(ConfState.EMPTY), config -> config.withPreVote(false));
    ConfState without = ConfState.ofVoters(List.of(2L, 3L));
    step(node, snapshot(2, 5, 1, without));
    assertThat(node.status().confState()).isEqualTo(without);
    node.raw().campaign();
    assertThat(node.status().role()).isEqualTo(RoleName.FOLLOWER);
    step(node, new Message.AppendRequest(2, 1, 2, 5, 1, 6, List.of(new Entry.Membership(2, 6, add(1)))));
    assertThat(node.status().confState().voters()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void scenario39aStateMachineAheadOfTheCommitHintRaisesIt() {
    TestNode node = node(1, 1, 1);
    RawNode raw = new RawNode(RaftConfig.defaults(1).withAppliedIndex(2), node.storage, new Random(1));
    assertThat(raw.status().commit()).isEqualTo(2);
    assertThat(raw.status().applied()).isEqualTo(2);
  }

  @Test
  void scenario39and41aLogThatLacksWhatWasAppliedOrCommittedIsRefused() {
    TestNode node = node(1, 1, 1);
    assertThatThrownBy(() -> new RawNode(RaftConfig.defaults(1).withAppliedIndex(4), node.storage, new Random(1)))
        .isInstanceOf(RaftInvariantViolation.class)
        .hasMessageContaining("node 1, term 1, index 4")
        .hasMessageContaining("the log ends at 3");
    node.storage.hardState(new HardState(1, 0, 9));
    assertThatThrownBy(() -> new RawNode(RaftConfig.defaults(1), node.storage, new Random(1)))
        .isInstanceOf(RaftInvariantViolation.class)
        .hasMessageContaining("index 9");
    node.storage.hardState(new HardState(1, 0, 3));
    node.storage.compact(2);
    assertThatThrownBy(() -> new RawNode(RaftConfig.defaults(1).withAppliedIndex(1), node.storage, new Random(1)))
        .isInstanceOf(RaftInvariantViolation.class)
        .hasMessageContaining("compacted past the applied index");
  }

  @Test
  void scenario52aLogOfANewerTermThanTheHardStateShowsALostVote() {
    TestNode node = node(1, 5);
    node.storage.hardState(new HardState(4, 0, 0));
    assertThatThrownBy(() -> new RawNode(RaftConfig.defaults(1), node.storage, new Random(1)))
        .isInstanceOf(RaftInvariantViolation.class)
        .hasMessageContaining("the log ends in term 5");
  }

  @Test
  void scenario52aSecondLeaderOfATermIsNotListenedTo() {
    TestNode follower = node(1);
    step(follower, new Message.Heartbeat(2, 1, 3, 0, 1));
    assertThat(step(follower, new Message.Heartbeat(3, 1, 3, 0, 1))).isEmpty();
    List<Entry> entries = List.of(Entry.Normal.blank(3, 2));
    assertThat(step(follower, new Message.AppendRequest(3, 1, 3, 1, 1, 0, entries))).isEmpty();
    assertThat(follower.status().leader()).isEqualTo(2);
    assertThat(follower.status().lastIndex()).isEqualTo(1);
    assertThat(follower.status().rejectedMessages()).isEqualTo(2);
    TestNode leader = node();
    leader.raw().campaign();
    leader.handleReadys();
    step(leader, new Message.VoteResponse(2, 1, 1, true, 0, 0));
    assertThat(step(leader, new Message.Heartbeat(3, 1, 1, 0, 1))).isEmpty();
    assertThat(leader.status().role()).isEqualTo(RoleName.LEADER);
    assertThat(leader.status().rejectedMessages()).isEqualTo(1);
  }

  @Test
  void scenario50aLogThatCannotBeReadStopsTheNodeInsteadOfSendingNonsense() {
    LogStorage broken =
        new LogStorage() {
          private final MemoryLogStorage sound = node(1, 1, 1).storage;

          @Override
          public HardState hardState() {
            return sound.hardState();
          }

          @Override
          public ConfState confState() {
            return sound.confState();
          }

          @Override
          public long firstIndex() {
            return sound.firstIndex();
          }

          @Override
          public long lastIndex() {
            return sound.lastIndex();
          }

          @Override
          public long term(long index) {
            return sound.term(index);
          }

          @Override
          public List<Entry> entries(long from, long to, long maxBytes) {
            return List.of();
          }

          @Override
          public Snapshot snapshot() {
            return sound.snapshot();
          }
        };
    RawNode node = new RawNode(RaftConfig.defaults(1).withPreVote(false), broken, new Random(1));
    node.campaign();
    node.persisted(node.ready().number());
    node.step(new Message.VoteResponse(2, 1, 2, true, 0, 0));
    assertThatThrownBy(() -> node.step(new Message.AppendRejected(2, 1, 2, 3, 1, 1)))
        .isInstanceOf(RaftInvariantViolation.class)
        .hasMessageContaining("returned no entries");
  }

  @Test
  void scenario53enteringAJointConfigurationIsDecidedByTheOldMajorityAlone() {
    TestCluster cluster = TestCluster.of(3);
    cluster.elect(1);
    List<ConfChange.Change> changes = new ArrayList<>();
    for (long id = 4; id <= 6; id++) {
      changes.add(new ConfChange.Change(ConfChange.Kind.ADD_VOTER, id));
      changes.add(new ConfChange.Change(ConfChange.Kind.REMOVE, id - 3));
    }
    cluster.raw(1).proposeConfChange(new ConfChange(ConfChange.Transition.AUTO, changes));
    cluster.settle();
    assertThat(cluster.node(1).status().confState().votersOutgoing()).containsExactly(1L, 2L, 3L);
    assertThat(cluster.node(1).status().commit()).as("leaving needs the newcomers, who do not exist").isEqualTo(2);
    for (long id = 4; id <= 6; id++) {
      cluster.add(id, THREE, config -> config.withPreVote(false).withCheckQuorum(false));
    }
    cluster.tick(3);
    assertThat(cluster.node(4).status().confState()).isEqualTo(ConfState.ofVoters(List.of(4L, 5L, 6L)));
  }

  @Test
  void scenario48aJointConfigurationIsLeftEvenIfATransferWasUnderWayWhenItWasApplied() {
    TestCluster cluster = TestCluster.of(3, config -> config.withPreVote(false).withCheckQuorum(false));
    cluster.elect(1);
    cluster.raw(1).proposeConfChange(new ConfChange(ConfChange.Transition.JOINT_IMPLICIT, List.of(
        new ConfChange.Change(ConfChange.Kind.ADD_LEARNER, 4))));
    cluster.collect();
    cluster.drop(m -> m instanceof Message.TimeoutNow || m.to() == 3);
    cluster.raw(1).transferLeader(3);
    cluster.settle();
    assertThat(cluster.node(1).status().confState().autoLeave()).isTrue();
    cluster.recover();
    cluster.drop(m -> m instanceof Message.TimeoutNow);
    cluster.tickOnly(1, 10);
    assertThat(cluster.node(1).status().transferee()).isZero();
    assertThat(cluster.node(1).status().confState())
        .isEqualTo(new ConfState(List.of(1L, 2L, 3L), List.of(4L), List.of(), List.of(), false));
  }

  @Test
  void scenario54nodesThatStartTogetherElectALeader() {
    for (int size = 1; size <= 7; size++) {
      TestCluster cluster = TestCluster.of(size, config -> config);
      cluster.tick(150);
      assertThat(cluster.leader()).as("size %s", size).isPositive();
    }
  }
}
