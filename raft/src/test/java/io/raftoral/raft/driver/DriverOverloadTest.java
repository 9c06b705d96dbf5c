package io.raftoral.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.raft.ProposalResult.Reason;
import io.raftoral.raft.driver.TestCluster.Node;
import io.raftoral.raft.driver.TestCluster.Outcome;
import io.raftoral.raft.driver.TestCluster.ReadOutcome;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.message.Message;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Every bound is reached here: what is refused, what is dropped, and how things go on afterwards. */
@Timeout(60)
class DriverOverloadTest {

  @Test
  void refusesCommandsBeyondTheCountAndTakesThemAgainLater() {
    TestCluster cluster = with(DriverLimits.DEFAULTS.withProposals(10, 1 << 20));
    Node leader = cluster.elect(1);
    List<Outcome> outcomes = IntStream.range(0, 15).mapToObj(i -> leader.submit("c" + i)).toList();
    assertThat(outcomes.subList(10, 15))
        .as("refused at the call")
        .allMatch(outcome -> outcome.timesTold == 1 && outcome.refusal == Reason.OVERLOADED);
    cluster.settle();
    assertThat(outcomes.subList(0, 10)).allMatch(outcome -> outcome.timesTold == 1 && outcome.refusal == null);
    assertThat(leader.propose("later").refusal).isNull();
    assertThat(leader.machine().commands()).hasSize(11);
  }

  @Test
  void refusesCommandsBeyondTheBytes() {
    TestCluster cluster = with(DriverLimits.DEFAULTS.withProposals(1000, 1000));
    Node leader = cluster.elect(1);
    List<Outcome> outcomes = IntStream.range(0, 15).mapToObj(i -> leader.submit("x".repeat(100))).toList();
    cluster.settle();
    assertThat(outcomes.stream().filter(outcome -> outcome.refusal == Reason.OVERLOADED)).hasSize(5);
    assertThat(outcomes).allMatch(outcome -> outcome.timesTold == 1);
    assertThat(leader.machine().commands()).hasSize(10);
  }

  @Test
  void refusesCommandsWhileTheStateMachineLagsAndDropsNothingThatRuns() {
    TestCluster cluster = with(DriverLimits.DEFAULTS.withEntryBytes(100).withApply(200, 2000));
    Node leader = cluster.elect(1);
    leader.applyStalled = true;
    int accepted = 0;
    Outcome outcome = leader.propose("x".repeat(100));
    while (outcome.refusal == null) {
      accepted++;
      assertThat(accepted).as("commands accepted while nothing is applied").isLessThan(100);
      outcome = leader.propose("x".repeat(100));
    }
    assertThat(outcome.refusal).isEqualTo(Reason.OVERLOADED);
    assertThat(accepted).isGreaterThan(10);
    leader.applyStalled = false;
    cluster.settle();
    assertThat(leader.machine().commands()).hasSize(accepted);
    assertThat(leader.propose("again").refusal).isNull();
    assertThat(leader.machine().commands()).hasSize(accepted + 1);
  }

  @Test
  void refusesOnlyTheEntriesThatTheCoreHasNoRoomFor() {
    TestCluster cluster = new TestCluster(3);
    cluster.drivers = config -> config.withLimits(DriverLimits.DEFAULTS.withEntryBytes(100));
    cluster.groups =
        group ->
            new GroupConfig(
                group.raft().withMaxUncommittedSizeBytes(350), group.bootstrapVoters(), group.random(), 1000, 1 << 20,
                10);
    Node leader = cluster.start().elect(1);
    cluster.ticks(2);
    // The core lets anything in when it holds nothing.
    leader.applyStalled = true;
    leader.propose("x".repeat(90));
    List<Outcome> outcomes = IntStream.range(0, 4).mapToObj(i -> leader.submit(i + "x".repeat(90))).toList();
    cluster.settle();
    assertThat(outcomes).allMatch(outcome -> outcome.timesTold == 1);
    assertThat(outcomes.stream().map(outcome -> outcome.refusal == null)).containsExactly(true, true, false, false);
    leader.applyStalled = false;
    cluster.settle();
    assertThat(leader.machine().commands()).hasSize(3);
    assertThat(leader.propose("again").refusal).isNull();
  }

  @Test
  void holdsACommittedTailBackThatAFollowerIsTooSlowFor() {
    TestCluster cluster = with(DriverLimits.DEFAULTS.withEntryBytes(100).withApply(200, 2000));
    Node leader = cluster.elect(1);
    Node slow = cluster.node(3);
    slow.applyStalled = true;
    IntStream.range(0, 300).forEach(i -> leader.propose("x".repeat(95)));
    cluster.ticks(2);
    assertThat(leader.machine().commands()).hasSize(300);
    assertThat(slow.status().commit() - slow.status().applied()).isGreaterThanOrEqualTo(300);
    slow.applyStalled = false;
    cluster.settle();
    assertThat(slow.machine().commands()).hasSize(300);
    assertThat(slow.machine().batches).allMatch(size -> size <= 2);
  }

  @Test
  void dropsMessagesOfPeersBeyondTheBoundAndRecovers() {
    TestCluster cluster = with(DriverLimits.DEFAULTS.withPeers(5, 10_000));
    Node leader = cluster.elect(1);
    Node follower = cluster.node(2);
    long term = leader.status().term();
    for (int i = 0; i < 20; i++) {
      follower.driver().received(TestCluster.GROUP, new Message.Heartbeat(1, 2, term, 0, 0));
    }
    assertThat(follower.driver().stats().droppedMessages()).isEqualTo(15);
    IntStream.range(0, 20).forEach(i -> leader.propose("x".repeat(5_000)));
    cluster.ticks(30);
    assertThat(follower.machine().commands()).hasSize(20);
  }

  @Test
  void dropsForwardedCommandsAtTheDoor() {
    TestCluster cluster = with(DriverLimits.DEFAULTS.withPeers(5, 10_000));
    Node leader = cluster.elect(1);
    cluster.ticks(1);
    leader.driver().received(TestCluster.GROUP, new Message.ForwardedProposal(2, 1, List.of(new byte[5_000])));
    leader.driver().received(TestCluster.GROUP, new Message.ForwardedConfChange(2, 1, ConfChange.leaveJoint()));
    assertThat(leader.driver().stats().droppedMessages()).as("before the loop has run").isEqualTo(2);
    cluster.settle();
    assertThat(leader.driver().stats().droppedMessages()).isEqualTo(2);
  }

  @Test
  void failsReadsBeyondTheBound() {
    TestCluster cluster = with(DriverLimits.DEFAULTS.withReads(3));
    Node leader = cluster.elect(1);
    List<ReadOutcome> reads = IntStream.range(0, 5).mapToObj(i -> leader.read()).toList();
    assertThat(reads.subList(3, 5)).allMatch(read -> read.failed && read.timesTold == 1);
    cluster.settle();
    assertThat(reads.subList(0, 3)).allMatch(read -> !read.failed && read.timesTold == 1);
    ReadOutcome later = leader.read();
    cluster.settle();
    assertThat(later.failed).isFalse();
    assertThat(later.timesTold).isEqualTo(1);
  }

  @Test
  void takesAFewInputsAtATimeAndComesBackForTheRest() {
    TestCluster cluster = new TestCluster(3);
    DriverLimits some = DriverLimits.DEFAULTS;
    cluster.drivers =
        config ->
            config.withLimits(
                new DriverLimits(
                    7, some.maxPeerMessages(), some.maxPeerBytes(), some.maxProposals(), some.maxProposalBytes(),
                    some.maxReads(), some.maxCommandBytes(), some.maxEntryBytes(), some.maxWritesInFlight(),
                    some.maxWriteBytes(), some.maxApplyBatchBytes(), some.maxApplyLagBytes()));
    Node leader = cluster.start().elect(1);
    DriverStats before = leader.driver().stats();
    IntStream.range(0, 70).forEach(i -> leader.submit("c" + i));
    leader.pump();
    assertThat(leader.driver().stats().commands() - before.commands()).isEqualTo(7);
    cluster.settle();
    assertThat(leader.driver().stats().commands() - before.commands()).isEqualTo(70);
  }

  private static TestCluster with(DriverLimits limits) {
    TestCluster cluster = new TestCluster(3);
    cluster.drivers = config -> config.withLimits(limits);
    return cluster.start();
  }
}
