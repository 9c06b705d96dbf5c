package io.raftoral.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.raft.RaftConfig;
import io.raftoral.raft.driver.TestCluster.Node;
import io.raftoral.raft.driver.TestCluster.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many groups on one node: shared writes, no starvation, nothing mixed up. */
@Timeout(60)
class DriverGroupsTest {
  private static final List<Long> GROUPS = LongStream.rangeClosed(1, 20).boxed().toList();

  @Test
  void keepsGroupsApart() {
    TestCluster cluster = withGroups();
    for (long group : GROUPS) {
      leaderOf(cluster, group).submit(group, "of group " + group);
    }
    cluster.ticks(2);
    for (Node node : cluster.all()) {
      for (long group : GROUPS) {
        assertThat(node.machine(group).commands()).containsExactly("of group " + group);
      }
    }
  }

  @Test
  void writesForAllGroupsInOneCall() {
    TestCluster cluster = new TestCluster(1);
    cluster.groupIds = GROUPS;
    Node node = cluster.start().node(1);
    cluster.ticks(60);
    int before = node.disk.writes;
    GROUPS.forEach(group -> node.submit(group, "x"));
    node.pump();
    assertThat(node.disk.writes - before).isEqualTo(1);
    assertThat(node.disk.groupsInLastWrite).isEqualTo(GROUPS.size());
    cluster.settle();
    GROUPS.forEach(group -> assertThat(node.machine(group).commands()).containsExactly("x"));
  }

  @Test
  void servesAQuietGroupInTheSamePumpAsABusyOne() {
    TestCluster cluster = new TestCluster(1);
    cluster.groupIds = GROUPS;
    Node node = cluster.start().node(1);
    cluster.ticks(60);
    List<Outcome> busy = IntStream.range(0, 3000).mapToObj(i -> node.submit(1, "x".repeat(1000))).toList();
    Outcome quiet = node.submit(2, "quiet");
    node.pump();
    assertThat(quiet.timesTold).isEqualTo(1);
    assertThat(node.disk.groupsInLastWrite).isEqualTo(2);
    cluster.settle();
    assertThat(busy).allMatch(outcome -> outcome.timesTold == 1 && outcome.refusal == null);
  }

  @Test
  void aGroupWhoseStateMachineStandsStillDoesNotHoldTheOthers() {
    TestCluster cluster = new TestCluster(1);
    cluster.groupIds = List.of(1L, 2L);
    cluster.drivers = config -> config.withLimits(DriverLimits.DEFAULTS.withApply(100, 100));
    Node node = cluster.start().node(1);
    cluster.ticks(60);
    node.stalledGroup = 1;
    IntStream.range(0, 20).forEach(i -> node.submit(1, "x".repeat(100)));
    IntStream.range(0, 20).forEach(i -> node.submit(2, "y"));
    cluster.settle();
    assertThat(node.machine(1).commands()).isEmpty();
    assertThat(node.machine(2).commands()).hasSize(20);
    node.stalledGroup = 0;
    cluster.settle();
    assertThat(node.machine(1).commands()).hasSize(20);
  }

  @Test
  void refusesGroupsThatCannotBeOpened() {
    TestCluster cluster = new TestCluster(1);
    Node node = cluster.node(1);
    RaftDriver driver = new RaftDriver(DriverConfig.defaults(1), node.disk, node, node);
    ListMachine machine = new ListMachine(List.of(1L));
    GroupConfig mine = GroupConfig.defaults(1, List.of(1L), new Random(1));
    driver.open(5, mine, machine);
    assertThatThrownBy(() -> driver.open(5, mine, machine)).hasMessageContaining("group 5 is open already");
    assertThatThrownBy(() -> driver.open(0, mine, machine)).hasMessageContaining("not positive");
    GroupConfig foreign = GroupConfig.of(RaftConfig.defaults(2), List.of(1L), new Random(1));
    assertThatThrownBy(() -> driver.open(6, foreign, machine)).hasMessageContaining("configured for node 2");
    driver.pump();
    assertThatThrownBy(() -> driver.open(6, mine, machine)).hasMessageContaining("too late");
  }

  private static TestCluster withGroups() {
    TestCluster cluster = new TestCluster(3);
    cluster.groupIds = GROUPS;
    cluster.start();
    cluster.ticks(TestCluster.ELECTION);
    return cluster;
  }

  private static Node leaderOf(TestCluster cluster, long group) {
    List<Node> leaders = new ArrayList<>(cluster.all());
    leaders.removeIf(node -> !node.leads(group));
    assertThat(leaders).as("leaders of group " + group).hasSize(1);
    return leaders.getFirst();
  }
}
