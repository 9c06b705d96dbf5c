package io.raftoral.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.raft.ProposalResult.Reason;
import io.raftoral.raft.driver.TestCluster.Node;
import io.raftoral.raft.driver.TestCluster.Outcome;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.message.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How commands get from a proposer to every state machine. */
@Timeout(60)
class DriverReplicationTest {

  @Test
  void electsALeaderOfWhomEveryStateMachineHears() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect();
    long term = leader.status().term();
    assertThat(leader.machine().events).last().isEqualTo("leads in " + term);
    for (Node node : cluster.all()) {
      if (node != leader) {
        assertThat(node.machine().events).last().isEqualTo("follows " + leader.id + " in " + term);
      }
    }
  }

  @Test
  void appliesACommandOnEveryNode() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect();
    Outcome outcome = leader.propose("hello");
    cluster.ticks(1);
    assertThat(outcome.timesTold).isEqualTo(1);
    assertThat(outcome.refusal).isNull();
    for (Node node : cluster.all()) {
      assertThat(node.machine().commands()).containsExactly("hello");
      assertThat(node.machine().appliedIndex()).isEqualTo(outcome.index);
    }
  }

  @Test
  void refusesCommandsWhereNobodyLeads() {
    TestCluster cluster = TestCluster.ofThree();
    Outcome outcome = cluster.node(1).propose("too early");
    assertThat(outcome.timesTold).isEqualTo(1);
    assertThat(outcome.refusal).isEqualTo(Reason.NO_LEADER);
    cluster.elect(1);
    Outcome atAFollower = cluster.node(2).propose("wrong node");
    assertThat(atAFollower.refusal).isEqualTo(Reason.NOT_LEADER);
    assertThat(cluster.node(1).machine().commands()).isEmpty();
  }

  @Test
  void packsCommandsThatArriveTogetherIntoOneEntry() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect();
    DriverStats before = leader.driver().stats();
    List<Outcome> outcomes = IntStream.range(0, 1000).mapToObj(i -> leader.submit("c" + i)).toList();
    cluster.settle();
    DriverStats after = leader.driver().stats();
    assertThat(after.commands() - before.commands()).isEqualTo(1000);
    assertThat(after.entries() - before.entries()).isEqualTo(1);
    assertThat(outcomes).allMatch(outcome -> outcome.timesTold == 1 && outcome.index == outcomes.getFirst().index);
    assertThat(leader.machine().commands()).hasSize(1000).startsWith("c0", "c1", "c2").endsWith("c998", "c999");
  }

  @Test
  void wakesTheHostOnceForABurst() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect();
    int before = leader.wakeUps;
    IntStream.range(0, 1000).forEach(i -> leader.submit("c" + i));
    assertThat(leader.wakeUps - before).isEqualTo(1);
  }

  @Test
  void startsAnotherEntryWhereOneIsFull() {
    TestCluster cluster = new TestCluster(3);
    cluster.drivers = config -> config.withLimits(DriverLimits.DEFAULTS.withEntryBytes(100));
    Node leader = cluster.start().elect();
    DriverStats before = leader.driver().stats();
    // 40 bytes and one for the length: two fit into 100 bytes.
    List<Outcome> outcomes = IntStream.range(0, 21).mapToObj(i -> leader.submit("%040d".formatted(i))).toList();
    cluster.settle();
    assertThat(leader.driver().stats().entries() - before.entries()).isEqualTo(11);
    long first = outcomes.getFirst().index;
    for (int i = 0; i < outcomes.size(); i++) {
      assertThat(outcomes.get(i).index).isEqualTo(first + i / 2);
    }
    assertThat(leader.machine().commands())
        .isEqualTo(IntStream.range(0, 21).mapToObj("%040d"::formatted).toList());
  }

  @Test
  void givesACommandThatFitsIntoNoEntryOneOfItsOwn() {
    TestCluster cluster = new TestCluster(3);
    cluster.drivers = config -> config.withLimits(DriverLimits.DEFAULTS.withEntryBytes(10));
    Node leader = cluster.start().elect();
    leader.submit("a");
    leader.submit("a command of more than ten bytes");
    leader.submit("b");
    cluster.settle();
    assertThat(leader.machine().commands()).containsExactly("a", "a command of more than ten bytes", "b");
  }

  @Test
  void refusesACommandBeyondTheLimitAtTheCall() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect();
    byte[] tooLarge = new byte[DriverLimits.DEFAULTS.maxCommandBytes() + 1];
    Outcome outcome = new Outcome();
    assertThatThrownBy(() -> leader.group().propose(tooLarge, outcome))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxCommandBytes");
    assertThat(outcome.timesTold).isZero();
  }

  @Test
  void replicatesWhileTheLeadersOwnDiskIsBusy() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect();
    Node follower = cluster.follower();
    leader.disk.stalled = true;
    Outcome outcome = leader.propose("parallel");
    cluster.ticks(2);
    assertThat(follower.disk.image(TestCluster.GROUP).lastIndex()).isEqualTo(outcome.index);
    assertThat(follower.machine().commands()).as("two of three hold it durably").containsExactly("parallel");
    assertThat(leader.disk.image(TestCluster.GROUP).lastIndex()).isLessThan(outcome.index);
    assertThat(leader.machine().commands()).as("not durable here").isEmpty();
    leader.disk.stalled = false;
    cluster.settle();
    assertThat(leader.machine().commands()).containsExactly("parallel");
  }

  @Test
  void acknowledgesNothingThatIsNotDurable() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect();
    cluster.all().stream().filter(node -> node != leader).forEach(node -> node.disk.stalled = true);
    Outcome outcome = leader.propose("not yet");
    cluster.sent.clear();
    cluster.ticks(1);
    assertThat(leader.status().commit()).isLessThan(outcome.index);
    assertThat(cluster.sent)
        .noneMatch(message -> message instanceof Message.AppendAccepted ack && ack.matchIndex() >= outcome.index);
    cluster.follower().disk.stalled = false;
    cluster.settle();
    assertThat(leader.status().commit()).isEqualTo(outcome.index);
  }

  @Test
  void writesWhatArrivesDuringAWriteInOneGo() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect();
    leader.disk.stalled = true;
    int before = leader.disk.writes;
    for (int i = 0; i < 50; i++) {
      leader.submit("c" + i);
      leader.pump();
    }
    assertThat(leader.disk.inFlight()).as("writes in flight").isEqualTo(DriverLimits.DEFAULTS.maxWritesInFlight());
    leader.disk.stalled = false;
    cluster.settle();
    assertThat(leader.disk.writes - before).as("writes for fifty commands").isEqualTo(3);
    assertThat(leader.machine().commands()).hasSize(50);
  }

  @Test
  void cutsWhatIsCommittedIntoBoundedBatches() {
    TestCluster cluster = new TestCluster(3);
    cluster.drivers = config -> config.withLimits(DriverLimits.DEFAULTS.withEntryBytes(20).withApply(500, 1 << 20));
    Node leader = cluster.start().elect();
    leader.machine().batches.clear();
    IntStream.range(0, 200).forEach(i -> leader.submit("command-%09d".formatted(i)));
    cluster.settle();
    assertThat(leader.machine().commands()).hasSize(200);
    assertThat(leader.machine().batches).allMatch(size -> size <= 500 / 24).hasSizeGreaterThan(10);
  }

  @Test
  void ordersRoleChangesWithApplying() {
    TestCluster cluster = TestCluster.ofThree();
    Node old = cluster.elect(1);
    old.propose("before");
    cluster.ticks(1);
    old.group().transferLeadership(2);
    cluster.ticks(3);
    Node successor = cluster.node(2);
    assertThat(cluster.leader()).isSameAs(successor);
    successor.propose("after");
    cluster.ticks(1);
    long term = successor.status().term();
    for (Node node : cluster.all()) {
      List<String> events = new ArrayList<>(node.machine().events);
      events.removeIf(event -> !event.equals("before") && !event.equals("after") && !event.endsWith(" in " + term));
      assertThat(events.getFirst()).isEqualTo("before");
      assertThat(events.getLast()).isEqualTo("after");
      assertThat(events).contains(node == successor ? "leads in " + term : "follows 2 in " + term);
    }
  }

  @Test
  void showsTheStateMachineANewConfigurationAtItsPlaceInTheLog() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect(1);
    leader.submit("before");
    Outcome outcome = new Outcome();
    leader.pump();
    leader.group().proposeChange(ConfChange.simple(ConfChange.Kind.REMOVE, 3), outcome);
    leader.pump();
    leader.submit("after");
    cluster.settle();
    cluster.ticks(1);
    assertThat(outcome.timesTold).isEqualTo(1);
    assertThat(outcome.refusal).isNull();
    assertThat(leader.machine().events).endsWith("before", "voters [1, 2]", "after");
    assertThat(leader.status().confState().voters()).containsExactly(1L, 2L);
    assertThat(cluster.node(2).machine().confState().voters()).containsExactly(1L, 2L);
    cluster.node(2).isolated = true;
    cluster.ticks(1);
    assertThat(leader.propose("without quorum").refusal).isNull();
    assertThat(leader.machine().commands()).doesNotContain("without quorum");
  }

  @Test
  void dropsCommandsThatAPeerForwards() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect(1);
    byte[] notPacked = "not packed".getBytes(StandardCharsets.UTF_8);
    leader.driver().received(TestCluster.GROUP, new Message.ForwardedProposal(2, 1, List.of(notPacked)));
    leader.driver().received(77, new Message.Heartbeat(2, 1, 1, 0, 0));
    leader.driver().received(TestCluster.GROUP, new Message.Heartbeat(2, 3, 1, 0, 0));
    cluster.settle();
    assertThat(leader.failure).isNull();
    assertThat(leader.driver().stats().droppedMessages()).isEqualTo(3);
    assertThat(leader.machine().commands()).isEmpty();
  }
}
