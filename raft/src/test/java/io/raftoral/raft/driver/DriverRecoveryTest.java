package io.raftoral.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.raft.driver.TestCluster.Node;
import io.raftoral.raft.driver.TestCluster.Outcome;
import io.raftoral.raft.message.Message;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node finds after power was cut, and how followers that are far behind catch up. */
@Timeout(60)
class DriverRecoveryTest {

  @Test
  void appliesTheDurableLogAgainAfterACrash() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect(1);
    leader.propose("one");
    leader.propose("two");
    cluster.ticks(1);
    cluster.all().forEach(Node::crash);
    assertThat(leader.machine().commands()).as("the state was not durable").isEmpty();
    cluster.start();
    cluster.elect();
    for (Node node : cluster.all()) {
      assertThat(node.machine().commands()).containsExactly("one", "two");
    }
  }

  @Test
  void continuesFromAStateThatIsAheadOfTheStoredCommitIndex() {
    TestCluster cluster = new TestCluster(3);
    cluster.statesWriteThrough = true;
    cluster.start();
    Node leader = cluster.elect(1);
    leader.propose("one");
    for (Node node : cluster.all()) {
      assertThat(node.disk.image(TestCluster.GROUP).hardState().commit())
          .as("the commit index on disk is only a hint")
          .isLessThan(node.machine().durableIndex() + 1);
      node.crash();
    }
    cluster.start();
    cluster.elect().propose("two");
    cluster.ticks(1);
    for (Node node : cluster.all()) {
      assertThat(node.machine().commands()).containsExactly("one", "two");
    }
  }

  @Test
  void losesWhatWasNotSyncedAndFetchesItAgain() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect(1);
    leader.propose("safe");
    cluster.ticks(1);
    Node follower = cluster.node(3);
    follower.disk.stalled = true;
    Outcome outcome = leader.propose("in flight");
    assertThat(leader.machine().commands()).containsExactly("safe", "in flight");
    follower.crash();
    follower.disk.stalled = false;
    assertThat(follower.disk.image(TestCluster.GROUP).lastIndex()).isLessThan(outcome.index);
    follower.start();
    cluster.ticks(5);
    assertThat(follower.machine().commands()).containsExactly("safe", "in flight");
  }

  @Test
  void writesTheCommitIndexWhenThereIsTimeForIt() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect(1);
    Outcome outcome = leader.propose("one");
    cluster.ticks(1);
    leader.propose("two");
    assertThat(leader.disk.image(TestCluster.GROUP).hardState().commit()).isGreaterThanOrEqualTo(outcome.index);
  }

  @Test
  void catchesUpALateFollowerBySnapshot() {
    TestCluster cluster = compacting(new TestCluster(3)).start();
    Node leader = cluster.elect(1);
    cluster.node(3).crash();
    propose(cluster, leader, 100);
    assertThat(leader.disk.image(TestCluster.GROUP).firstIndex()).isGreaterThan(50);
    cluster.node(3).start();
    cluster.ticks(20);
    assertThat(cluster.sentKinds()).contains(Message.InstallSnapshot.class);
    assertThat(cluster.node(3).machine().events).anyMatch(event -> event.startsWith("restored "));
    assertThat(cluster.node(3).machine().commands()).isEqualTo(leader.machine().commands());
    leader.propose("afterwards");
    cluster.ticks(1);
    assertThat(cluster.node(3).machine().commands()).endsWith("afterwards");
  }

  @Test
  void opensAViewOnDemandAfterARestart() {
    TestCluster cluster = compacting(new TestCluster(3)).start();
    Node leader = cluster.elect(1);
    cluster.node(3).crash();
    propose(cluster, leader, 100);
    for (long id : List.of(1L, 2L)) {
      cluster.node(id).machine().flush();
      cluster.node(id).crashAndRestart();
      cluster.node(id).machine().viewsOpened = 0;
    }
    cluster.groups = group -> group.withCompaction(10_000, 1 << 30, 0);
    cluster.node(3).start();
    leader = cluster.elect();
    cluster.ticks(20);
    assertThat(leader.machine().viewsOpened).isEqualTo(1);
    assertThat(cluster.node(3).machine().commands()).hasSize(100);
  }

  @Test
  void sendsASnapshotAgainThatGotLost() {
    TestCluster cluster = compacting(new TestCluster(3));
    cluster.drivers = cluster.drivers.andThen(config -> config.withSnapshotTimeoutTicks(30))::apply;
    Node leader = cluster.start().elect(1);
    cluster.node(3).crash();
    propose(cluster, leader, 100);
    cluster.lost = message -> message instanceof Message.InstallSnapshot;
    cluster.node(3).start();
    cluster.ticks(20);
    assertThat(cluster.sentKinds()).contains(Message.InstallSnapshot.class);
    cluster.lost = _ -> false;
    cluster.ticks(40);
    assertThat(cluster.node(3).machine().commands()).hasSize(100);
  }

  @Test
  void sendsASnapshotAgainAtOnceWhenTheTransportSaysItIsLost() {
    TestCluster cluster = compacting(new TestCluster(3)).start();
    Node leader = cluster.elect(1);
    cluster.node(3).crash();
    propose(cluster, leader, 100);
    cluster.lost = message -> message instanceof Message.InstallSnapshot;
    cluster.node(3).start();
    cluster.ticks(5);
    cluster.lost = _ -> false;
    leader.driver().snapshotLost(TestCluster.GROUP, 3);
    cluster.settle();
    cluster.ticks(5);
    assertThat(cluster.node(3).machine().commands()).hasSize(100);
  }

  @Test
  void restartsTheLogWhenACrashFellBetweenTheStateAndTheLogOfASnapshot() {
    TestCluster cluster = compacting(new TestCluster(3)).start();
    Node leader = cluster.elect(1);
    Node late = cluster.node(3);
    leader.propose("known to all");
    cluster.ticks(1);
    late.crash();
    propose(cluster, leader, 100);
    late.start();
    cluster.settle();
    cluster.lost = message -> message instanceof Message.InstallSnapshot;
    cluster.ticks(5);
    late.disk.stalled = true;
    cluster.lost = _ -> false;
    leader.driver().snapshotLost(TestCluster.GROUP, 3);
    cluster.ticks(5);
    assertThat(late.machine().events).anyMatch(event -> event.startsWith("restored "));
    // The state is there, the log write after it is not.
    late.crash();
    late.disk.stalled = false;
    long restored = late.machine().appliedIndex();
    assertThat(late.disk.image(TestCluster.GROUP).lastIndex()).isLessThan(restored);
    late.start();
    cluster.settle();
    assertThat(late.disk.image(TestCluster.GROUP).firstIndex()).isEqualTo(restored + 1);
    leader.propose("afterwards");
    cluster.ticks(5);
    assertThat(late.machine().commands()).isEqualTo(leader.machine().commands()).endsWith("afterwards");
    // And it is as good as any other node from now on.
    cluster.node(2).crash();
    leader.propose("needs the late one");
    cluster.ticks(1);
    assertThat(leader.machine().commands()).endsWith("needs the late one");
  }

  @Test
  void refusesToOpenAStateThatIsOlderThanTheLog() {
    TestCluster cluster = compacting(new TestCluster(3)).start();
    Node leader = cluster.elect(1);
    propose(cluster, leader, 100);
    leader.crash();
    leader.machines.clear();
    assertThatThrownBy(leader::start)
        .isInstanceOf(DriverException.class)
        .hasMessageContaining("group 1")
        .hasMessageContaining("the log begins at index")
        .hasMessageContaining("restore both from one backup".substring(8));
  }

  @Test
  void neverCompactsWhatTheStateDoesNotHoldDurably() {
    TestCluster cluster = new TestCluster(3);
    cluster.groups = group -> group.withCompaction(20, 1 << 30, 0);
    Node leader = cluster.start().elect(1);
    propose(cluster, leader, 50);
    assertThat(leader.machine().timesMadeDurable).isPositive();
    assertThat(leader.disk.image(TestCluster.GROUP).firstIndex()).as("nothing was flushed").isEqualTo(1);
    leader.machine().flush();
    long flushed = leader.machine().durableIndex();
    propose(cluster, leader, 1);
    assertThat(leader.disk.image(TestCluster.GROUP).firstIndex()).isBetween(2L, flushed + 1);
    leader.crashAndRestart();
    cluster.elect();
    assertThat(leader.machine().commands()).hasSize(51);
  }

  @Test
  void keepsATailOfTheLogForFollowersThatAreALittleBehind() {
    TestCluster cluster = new TestCluster(3);
    cluster.groups = group -> group.withCompaction(20, 1 << 30, 15);
    cluster.statesWriteThrough = true;
    Node leader = cluster.start().elect(1);
    propose(cluster, leader, 60);
    long first = leader.disk.image(TestCluster.GROUP).firstIndex();
    assertThat(first).isGreaterThan(10);
    assertThat(leader.machine().appliedIndex() - first).isGreaterThanOrEqualTo(14);
  }

  private static TestCluster compacting(TestCluster cluster) {
    cluster.groups = group -> group.withCompaction(20, 1 << 30, 5);
    cluster.statesWriteThrough = true;
    return cluster;
  }

  private static void propose(TestCluster cluster, Node leader, int count) {
    IntStream.range(0, count).forEach(i -> leader.propose("c" + i));
    cluster.ticks(1);
  }
}
