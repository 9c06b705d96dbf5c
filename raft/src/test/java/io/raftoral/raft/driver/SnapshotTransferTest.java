package io.raftoral.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.raft.driver.TestCluster.Node;
import io.raftoral.raft.message.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Snapshots on their way: in parts, at a bounded pace, on through broken connections and changes of leader. */
class SnapshotTransferTest {
  private static final int COMMANDS = 200;

  /** Node 1 leads, node 3 is down and needs a snapshot of several dozen parts. */
  private final TestCluster cluster = new TestCluster(3);

  private final Node late = cluster.node(3);

  private Node leaderAhead() {
    cluster.groups = group -> group.withCompaction(20, 1 << 30, 5);
    cluster.statesWriteThrough = true;
    Node leader = cluster.start().elect(1);
    late.crash();
    propose(leader, COMMANDS);
    return leader;
  }

  private void propose(Node leader, int count) {
    IntStream.range(0, count).forEach(i -> leader.propose("command number " + i));
    cluster.ticks(1);
  }

  private List<Message.SnapshotPart> parts() {
    return cluster.sent.stream()
        .filter(Message.SnapshotPart.class::isInstance)
        .map(Message.SnapshotPart.class::cast)
        .toList();
  }

  private static int restored(Node node) {
    return (int) node.machine().events.stream().filter(event -> event.startsWith("restored")).count();
  }

  @Test
  void travelsInPartsOfBoundedSize() {
    Node leader = leaderAhead();
    late.start();
    cluster.ticks(40);
    assertThat(late.machine().commands()).isEqualTo(leader.machine().commands());
    assertThat(restored(late)).isEqualTo(1);
    assertThat(parts()).hasSizeGreaterThan(40).allMatch(part -> part.data().length <= TestCluster.PART_BYTES);
    assertThat(cluster.sent)
        .filteredOn(Message.InstallSnapshot.class::isInstance)
        .allMatch(message -> ((Message.InstallSnapshot) message).snapshot().data().length == 0);
  }

  @Test
  void sendsNoFasterThanItMay() {
    Node leader = leaderAhead();
    int bytes = String.join("\n", leader.machine().commands()).length();
    late.start();
    int perTick = 0;
    int ticks = 0;
    while (restored(late) == 0) {
      int before = parts().size();
      cluster.ticks(1);
      perTick = Math.max(perTick, parts().size() - before);
      assertThat(++ticks).isLessThan(1000);
    }
    assertThat(perTick).isEqualTo(10);
    assertThat(ticks).isGreaterThanOrEqualTo(bytes / (10 * TestCluster.PART_BYTES));
  }

  @Test
  void goesOnWhereItStoodAfterAConnectionBroke() {
    Node leader = leaderAhead();
    late.start();
    cluster.ticks(4);
    int before = parts().size();
    assertThat(before).isPositive();
    assertThat(restored(late)).isZero();
    late.isolated = true;
    leader.driver().snapshotLost(TestCluster.GROUP, 3);
    leader.driver().unreachable(3);
    cluster.ticks(8);
    late.isolated = false;
    cluster.ticks(40);
    assertThat(restored(late)).isEqualTo(1);
    assertThat(late.machine().commands()).isEqualTo(leader.machine().commands());
    assertThat(late.machine().stagings).as("begun once").isEqualTo(1);
    assertThat(leader.machine().viewsOpened).isEqualTo(1);
    long different = parts().stream().map(part -> List.of(part.cursor().length, part.data().length, part.crc())).distinct().count();
    assertThat(parts().size() - different).as("parts sent twice").isLessThanOrEqualTo(2);
  }

  @Test
  void asksAgainForAPartThatGotLost() {
    Node leader = leaderAhead();
    int[] count = {0};
    cluster.lost =
        message ->
            (message instanceof Message.SnapshotPart || message instanceof Message.SnapshotRequest)
                && ++count[0] % 3 == 0;
    late.start();
    cluster.ticks(400);
    assertThat(late.machine().commands()).isEqualTo(leader.machine().commands());
    assertThat(late.machine().stagings).isEqualTo(1);
  }

  @Test
  void doesNotStoreAPartThatIsDamagedOrOutOfPlace() {
    Node leader = leaderAhead();
    List<Message.SnapshotPart> damaged = new ArrayList<>();
    cluster.lost =
        message -> {
          if (message instanceof Message.SnapshotPart part && damaged.size() < 3) {
            byte[] data = part.data().clone();
            data[0] ^= 1;
            Message.SnapshotPart bad =
                new Message.SnapshotPart(
                    part.from(), part.to(), part.index(), part.indexTerm(), part.cursor(), part.next(), data, part.crc());
            damaged.add(bad);
            late.driver().received(TestCluster.GROUP, bad);
            return true;
          }
          return false;
        };
    late.start();
    cluster.ticks(100);
    assertThat(damaged).hasSize(3);
    assertThat(late.machine().commands()).isEqualTo(leader.machine().commands());
    // One that comes when all is over harms nobody.
    late.driver().received(TestCluster.GROUP, damaged.getFirst());
    leader.driver().received(
        TestCluster.GROUP, new Message.SnapshotRequest(3, 1, damaged.getFirst().index(), 99, new byte[] {1}));
    leader.driver().received(
        TestCluster.GROUP, new Message.SnapshotRequest(3, 1, damaged.getFirst().index(), 1, new byte[77]));
    cluster.ticks(1);
    assertThat(leader.failure).isNull();
    assertThat(late.failure).isNull();
  }

  @Test
  void beginsAnewWithAnotherLeadersSnapshot() {
    Node leader = leaderAhead();
    late.start();
    cluster.ticks(4);
    assertThat(late.machine().stagings).isEqualTo(1);
    assertThat(restored(late)).isZero();
    leader.crash();
    Node next = cluster.elect();
    cluster.ticks(100);
    assertThat(late.machine().stagings).isEqualTo(2);
    assertThat(late.machine().commands()).isEqualTo(next.machine().commands()).hasSize(COMMANDS);
  }

  @Test
  void beginsAnewAfterTheReceiverCrashed() {
    Node leader = leaderAhead();
    late.start();
    cluster.ticks(4);
    late.crash();
    late.start();
    cluster.ticks(100);
    assertThat(late.machine().stagings).isEqualTo(2);
    assertThat(late.machine().commands()).isEqualTo(leader.machine().commands());
  }

  @Test
  void keepsTheLogAfterTheViewUntilTheFollowerHasIt() {
    Node leader = leaderAhead();
    late.start();
    cluster.ticks(3);
    propose(leader, 100);
    long first = leader.disk.image(TestCluster.GROUP).firstIndex();
    assertThat(restored(late)).as("still under way").isZero();
    cluster.ticks(60);
    assertThat(restored(late)).as("one snapshot was enough").isEqualTo(1);
    assertThat(late.machine().commands()).isEqualTo(leader.machine().commands()).hasSize(COMMANDS + 100);
    propose(leader, 30);
    assertThat(leader.disk.image(TestCluster.GROUP).firstIndex()).isGreaterThanOrEqualTo(first);
  }

  @Test
  void closesTheViewWhenNobodyWantsItAnyMore() {
    cluster.drivers = cluster.drivers.andThen(config -> config.withSnapshotTimeoutTicks(60))::apply;
    Node leader = leaderAhead();
    late.start();
    cluster.ticks(40);
    assertThat(restored(late)).isEqualTo(1);
    assertThat(leader.machine().viewsClosed).isZero();
    cluster.ticks(60);
    assertThat(leader.machine().viewsClosed).isEqualTo(1);
    propose(leader, 60);
    assertThat(leader.machine().appliedIndex() - leader.disk.image(TestCluster.GROUP).firstIndex()).isLessThan(40);
  }

  @Test
  void servesSeveralFollowersFromOneView() {
    TestCluster five = new TestCluster(5);
    five.groups = group -> group.withCompaction(20, 1 << 30, 5);
    five.statesWriteThrough = true;
    Node leader = five.start().elect(1);
    five.node(4).crash();
    five.node(5).crash();
    IntStream.range(0, COMMANDS).forEach(i -> leader.propose("command number " + i));
    five.ticks(1);
    five.node(4).start();
    five.node(5).start();
    five.ticks(100);
    assertThat(leader.machine().viewsOpened).isEqualTo(1);
    assertThat(five.node(4).machine().commands()).isEqualTo(leader.machine().commands());
    assertThat(five.node(5).machine().commands()).isEqualTo(leader.machine().commands());
  }
}
