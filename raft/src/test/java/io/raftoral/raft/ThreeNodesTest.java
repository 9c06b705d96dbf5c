package io.raftoral.raft;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The life of a small group, end to end in memory. */
class ThreeNodesTest {

  @Test
  void oneCampaignElectsALeaderThatReplicatesToAll() {
    TestCluster cluster = TestCluster.of(3);
    cluster.elect(1);
    assertThat(cluster.leader()).isEqualTo(1);
    assertThat(cluster.propose(1, "a")).isEqualTo(new ProposalResult.Appended(1, 2, 2));
    assertThat(cluster.propose(2, "b")).isEqualTo(new ProposalResult.Forwarded(1));
    cluster.nodes.values().forEach(node -> assertThat(node.applied).containsExactly("a", "b"));
    cluster.nodes.values().forEach(node -> assertThat(node.status().commit()).isEqualTo(3));
  }

  @Test
  void ticksAloneElectALeaderWithEverythingSwitchedOn() {
    TestCluster cluster = TestCluster.of(3, config -> config.withLeaderLease(true));
    cluster.tick(30);
    long leader = cluster.leader();
    assertThat(leader).isPositive();
    cluster.propose(leader, "a");
    cluster.nodes.values().forEach(node -> assertThat(node.applied).containsExactly("a"));
    assertThat(cluster.raw(leader).leaseTicks()).isPositive();
  }

  @Test
  void anotherNodeTakesOverWhenTheLeaderIsCutOffAndTheOldOneFollows() {
    TestCluster cluster = TestCluster.of(3, config -> config);
    cluster.tick(30);
    long old = cluster.leader();
    cluster.isolate(old);
    cluster.raw(old).propose(List.of(new byte[] {1}));
    cluster.tick(40);
    long successor = cluster.leader();
    assertThat(successor).isNotEqualTo(old);
    assertThat(cluster.node(old).status().role()).isNotEqualTo(RoleName.LEADER);
    cluster.propose(successor, "a");
    cluster.recover();
    cluster.tick(5);
    cluster.nodes.values().forEach(node -> assertThat(node.applied).containsExactly("a"));
  }

  @Test
  void aMemberIsAddedCatchesUpBySnapshotAndTheOthersAreReplaced() {
    TestCluster cluster = TestCluster.of(3);
    cluster.elect(1);
    cluster.propose(1, "a");
    cluster.node(1).compact();
    cluster.add(4, ConfState.ofVoters(List.of(1L, 2L, 3L)), config -> config.withPreVote(false).withCheckQuorum(false));
    ConfChange change =
        new ConfChange(
            ConfChange.Transition.AUTO,
            List.of(
                new ConfChange.Change(ConfChange.Kind.ADD_VOTER, 4),
                new ConfChange.Change(ConfChange.Kind.REMOVE, 2),
                new ConfChange.Change(ConfChange.Kind.ADD_LEARNER, 3)));
    assertThat(cluster.raw(1).proposeConfChange(change)).isInstanceOf(ProposalResult.Appended.class);
    cluster.settle();
    cluster.tick(3);
    ConfState expected = new ConfState(List.of(1L, 4L), List.of(3L), List.of(), List.of(), false);
    assertThat(cluster.node(1).status().confState()).isEqualTo(expected);
    assertThat(cluster.node(4).status().confState()).isEqualTo(expected);
    assertThat(cluster.node(3).status().confState()).isEqualTo(expected);
    cluster.propose(1, "b");
    assertThat(cluster.node(4).applied).endsWith("b");
  }

  @Test
  void readsLeadershipTransferAndRestart() {
    TestCluster cluster = TestCluster.of(3);
    cluster.elect(1);
    cluster.propose(1, "a");
    assertThat(cluster.raw(2).readIndex(77)).isTrue();
    cluster.settle();
    assertThat(cluster.node(2).reads).containsExactly(new ReadState(77, 2));
    cluster.raw(3).transferLeader(2);
    cluster.settle();
    assertThat(cluster.leader()).isEqualTo(2);
    cluster.node(1).crash();
    cluster.propose(2, "b");
    cluster.node(1).restart();
    cluster.tick(2);
    assertThat(cluster.node(1).applied).containsExactly("a", "b");
  }
}
