package io.raftoral.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.driver.TestCluster.Node;
import io.raftoral.raft.driver.TestCluster.Outcome;
import io.raftoral.raft.driver.TestCluster.ReadOutcome;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.message.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Linearizable reads and the lease. */
@Timeout(60)
class DriverReadTest {
  private static final long TICK = DriverConfig.defaults(1).tickNanos();

  @Test
  void confirmsReadsOnEveryNode() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect(1);
    Outcome written = leader.propose("written");
    List<ReadOutcome> reads = cluster.all().stream().map(Node::read).toList();
    cluster.ticks(2);
    assertThat(reads).allMatch(read -> read.timesTold == 1 && !read.failed && read.index >= written.index);
  }

  @Test
  void asksOnceForReadsThatArriveTogether() {
    TestCluster cluster = TestCluster.ofThree();
    cluster.elect(1);
    Node follower = cluster.node(2);
    cluster.sent.clear();
    List<ReadOutcome> reads = IntStream.range(0, 100).mapToObj(i -> follower.read()).toList();
    cluster.ticks(2);
    assertThat(reads).allMatch(read -> read.timesTold == 1 && !read.failed);
    assertThat(cluster.sent.stream().filter(message -> message instanceof Message.ReadIndexRequest)).hasSize(1);
  }

  @Test
  void waitsForALeaderAndFailsInTimeIfThereIsNone() {
    TestCluster cluster = new TestCluster(3);
    cluster.drivers = config -> config.withReads(100, 5);
    cluster.start();
    ReadOutcome early = cluster.node(2).read();
    cluster.settle();
    assertThat(early.timesTold).isZero();
    cluster.elect();
    cluster.ticks(8);
    assertThat(early.timesTold).isEqualTo(1);
    assertThat(early.failed).isFalse();
    cluster.all().forEach(node -> node.isolated = true);
    ReadOutcome hopeless = cluster.node(2).read();
    cluster.settle();
    cluster.ticks(99);
    assertThat(hopeless.timesTold).isZero();
    cluster.ticks(1);
    assertThat(hopeless.timesTold).isEqualTo(1);
    assertThat(hopeless.failed).isTrue();
  }

  @Test
  void asksAgainWhenAQuestionGotLost() {
    TestCluster cluster = new TestCluster(3);
    cluster.drivers = config -> config.withReads(100, 5);
    Node leader = cluster.start().elect(1);
    cluster.lost = message -> message instanceof Message.ReadIndexRequest;
    List<ReadOutcome> reads = List.of(cluster.node(2).read(), cluster.node(2).read());
    cluster.ticks(3);
    cluster.lost = _ -> false;
    long commit = leader.status().commit();
    assertThat(reads).allMatch(read -> read.timesTold == 0);
    cluster.ticks(6);
    assertThat(reads).allMatch(read -> read.timesTold == 1 && !read.failed && read.index >= commit);
  }

  @Test
  void takesTheAnswerToAnEarlierQuestionWhenTheWayIsLongerThanTheRetry() {
    TestCluster cluster = new TestCluster(3);
    cluster.drivers = config -> config.withReads(100, 2);
    cluster.start().elect(1);
    // Every answer takes five ticks, and by then the question has been asked again twice.
    List<Message> late = new ArrayList<>();
    cluster.lost = message -> message instanceof Message.ReadIndexResponse && late.add(message);
    ReadOutcome read = cluster.node(2).read();
    cluster.ticks(5);
    assertThat(late).hasSizeGreaterThan(1);
    assertThat(read.timesTold).isZero();
    cluster.node(2).driver().received(TestCluster.GROUP, late.getFirst());
    cluster.node(2).pump();
    assertThat(read.timesTold).isEqualTo(1);
    assertThat(read.failed).isFalse();
  }

  @Test
  void givesALeaseToALeaderWhoseQuorumAnswersAndToNobodyElse() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect(1);
    cluster.ticks(3);
    assertThat(leader.group().leaseUntilNanos()).isGreaterThan(leader.nanos);
    // Ten ticks of an election time-out, less two for the grain of ticks and one for the drift of clocks.
    assertThat(leader.group().leaseUntilNanos()).isLessThanOrEqualTo(leader.nanos + 7 * TICK);
    assertThat(cluster.node(2).group().leaseUntilNanos()).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void extendsNoLeaseWithoutAQuorum() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect(1);
    cluster.ticks(3);
    leader.isolated = true;
    long last = leader.group().leaseUntilNanos();
    for (int i = 0; i < 30; i++) {
      cluster.ticks(1);
      assertThat(leader.group().leaseUntilNanos()).isLessThanOrEqualTo(last);
    }
    assertThat(leader.leads()).isFalse();
    assertThat(leader.group().leaseUntilNanos()).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void nobodyElseLeadsBeforeTheLeaseOfAPausedLeaderIsOver() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect(1);
    cluster.ticks(3);
    long leaseLeft = leader.group().leaseUntilNanos() - leader.nanos;
    long start = cluster.node(2).nanos;
    leader.paused = true;
    while (cluster.all().stream().noneMatch(node -> node != leader && node.leads())) {
      cluster.ticks(1);
    }
    assertThat(leaseLeft).isPositive();
    assertThat(cluster.node(2).nanos - start).isGreaterThanOrEqualTo(leaseLeft);
  }

  @Test
  void publishesNoLongLeaseForALeaderWhoseTicksCameLate() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect(1);
    cluster.ticks(3);
    long lease = leader.group().leaseUntilNanos();
    // The process stands still for a second; then its next tick comes, before any answer to new heartbeats.
    leader.nanos += 100 * TICK;
    cluster.lost = _ -> true;
    leader.tick();
    assertThat(leader.group().leaseUntilNanos()).isLessThanOrEqualTo(lease).isLessThan(leader.nanos);
  }

  @Test
  void endsTheLeaseForTheTermOnceATransferIsAskedFor() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect(1);
    cluster.ticks(3);
    long term = leader.status().term();
    cluster.lost = message -> message instanceof Message.TimeoutNow;
    leader.group().transferLeadership(2);
    leader.pump();
    assertThat(leader.group().leaseUntilNanos()).isEqualTo(Long.MIN_VALUE);
    cluster.ticks(15);
    assertThat(leader.status().term()).isEqualTo(term);
    assertThat(leader.leads()).isTrue();
    assertThat(leader.propose("the transfer was given up").refusal).isNull();
    assertThat(leader.group().leaseUntilNanos()).as("TimeoutNow may still arrive").isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void takesNoCommandsOrChangesWhileItIsLeaving() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect(1);
    Outcome before = leader.submit("before");
    leader.driver().leave();
    Outcome after = leader.submit("after");
    assertThat(after.timesTold).as("refused at the call").isEqualTo(1);
    assertThat(after.refusal).isEqualTo(ProposalResult.Reason.STOPPED);
    Outcome change = leader.change(ConfChange.simple(ConfChange.Kind.ADD_LEARNER, 9));
    assertThat(change.refusal).isEqualTo(ProposalResult.Reason.STOPPED);
    ReadOutcome read = leader.read();
    cluster.settle();
    cluster.ticks(2);
    assertThat(before.refusal).as("what came before is not cut off").isNull();
    assertThat(read.failed).as("reads go on").isFalse();
    assertThat(leader.leads()).isFalse();
    assertThat(cluster.all()).anyMatch(Node::leads);
  }

  @Test
  void handsLeadershipToTheMemberThatIsBestPrepared() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect(1);
    cluster.node(2).isolated = true;
    leader.propose("node 2 lacks this");
    leader.driver().handOver();
    cluster.settle();
    cluster.ticks(1);
    assertThat(cluster.node(3).leads()).isTrue();
    assertThat(leader.driver().quiet()).isTrue();
  }
}
