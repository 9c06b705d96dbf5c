package io.raftoral.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.raft.ProposalResult.Reason;
import io.raftoral.raft.Status;
import io.raftoral.raft.driver.TestCluster.Node;
import io.raftoral.raft.driver.TestCluster.Outcome;
import io.raftoral.raft.driver.TestCluster.ReadOutcome;
import io.raftoral.raft.membership.ConfChange;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What makes a driver stop, and what everybody is told then. The test cluster checks that a stopped node sends nothing.
 */
@Timeout(60)
class DriverFailureTest {

  @Test
  void stopsAtOnceWhenAWriteFails() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect(1);
    leader.disk.failure = new UncheckedIOException(new IOException("fsync: input/output error"));
    Outcome outcome = leader.propose("never durable here");
    assertThat(outcome.timesTold).isEqualTo(1);
    assertThat(leader.failure)
        .isInstanceOf(DriverException.class)
        .hasMessageContaining("writing the log failed")
        .hasMessageContaining("input/output error");
    assertThat(leader.machine().commands()).isEmpty();
    assertThat(leader.group().leaseUntilNanos()).isEqualTo(Long.MIN_VALUE);
    leader.isolated = true;
    Node successor = cluster.elect();
    assertThat(successor.propose("life goes on").refusal).isNull();
  }

  @Test
  void stopsWithAMessageThatNamesWhereTheStateMachineFailed() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect(1);
    leader.machine().failure = new IllegalStateException("unknown command");
    Outcome outcome = leader.propose("bad");
    assertThat(leader.failure)
        .isInstanceOf(DriverException.class)
        .hasMessageContaining("group 1")
        .hasMessageContaining("entries " + outcome.index + " to " + outcome.index)
        .hasMessageContaining("unknown command")
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void appliesNothingAfterAFailedBatch() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect(1);
    leader.applyStalled = true;
    leader.propose("one");
    leader.propose("two");
    leader.machine().failure = new IllegalStateException("once");
    leader.paused = true;
    leader.applyStalled = false;
    cluster.settle();
    leader.machine().failure = null;
    leader.paused = false;
    cluster.settle();
    assertThat(leader.failure).isNotNull();
    assertThat(leader.machine().commands()).isEmpty();
  }

  @Test
  void tellsEveryProposerAndReaderExactlyOnceWhenItStops() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect(1);
    Outcome appended = leader.submit("appended");
    leader.pump();
    Outcome waiting = leader.submit("waiting");
    Outcome change = new Outcome();
    leader.group().proposeChange(ConfChange.simple(ConfChange.Kind.REMOVE, 3), change);
    ReadOutcome read = leader.read();
    List<Status> seen = new ArrayList<>();
    leader.group().status(seen::add);
    leader.driver().stop();
    leader.driver().stop();
    Outcome late = leader.submit("late");
    ReadOutcome lateRead = leader.read();
    leader.group().status(seen::add);
    leader.group().transferLeadership(2);
    leader.driver().pump();
    leader.driver().tick();
    assertThat(List.of(appended.timesTold, waiting.timesTold, change.timesTold, read.timesTold, late.timesTold))
        .containsOnly(1);
    assertThat(appended.refusal).isNull();
    assertThat(List.of(waiting, change, late)).allMatch(outcome -> outcome.refusal == Reason.STOPPED);
    assertThat(read.failed).isTrue();
    assertThat(lateRead.failed).isTrue();
    assertThat(seen).hasSize(2);
    assertThat(seen.getLast().lastIndex()).isEqualTo(appended.index);
  }

  @Test
  void stopsWhenAListenerThrowsButTellsTheOthersFirst() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect(1);
    Outcome before = leader.submit("before");
    leader
        .group()
        .propose(
            new byte[1],
            new ProposalListener() {
              @Override
              public void appended(long term, long index) {
                throw new IllegalStateException("broken listener");
              }

              @Override
              public void refused(Reason reason, long leader) {}
            });
    Outcome after = leader.submit("after");
    cluster.settle();
    assertThat(leader.failure).isInstanceOf(DriverException.class).hasMessageContaining("broken listener");
    assertThat(List.of(before.timesTold, after.timesTold)).containsOnly(1);
    assertThat(after.refusal).isNull();
  }

  @Test
  void stopsWhenTheStoreAnswersTwice() {
    TestCluster cluster = TestCluster.ofThree();
    Node leader = cluster.elect(1);
    leader.disk.answersTwice = true;
    leader.propose("x");
    assertThat(leader.failure).hasMessageContaining("out of order, or twice");
  }
}
