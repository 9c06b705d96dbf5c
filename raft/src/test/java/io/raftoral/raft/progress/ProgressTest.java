package io.raftoral.raft.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.raft.RaftInvariantViolation;
import org.junit.jupiter.api.Test;

/** What a leader concludes from a member's answers. */
class ProgressTest {
  private static final RaftInvariantViolation.Place PLACE =
      (index, rule) -> new RaftInvariantViolation(1, 3, index, rule);

  private static Progress progress(long next) {
    return new Progress(next, new InFlights(2, 0), PLACE);
  }

  private static Progress replicating(long match) {
    Progress progress = progress(match + 1);
    progress.maybeUpdate(match);
    progress.becomeReplicate();
    return progress;
  }

  @Test
  void probingSendsOneAppendAndWaits() {
    Progress progress = progress(5);
    assertThat(progress.state()).isEqualTo(Progress.State.PROBE);
    assertThat(progress.isPaused()).isFalse();
    progress.sentEntries(0, 0);
    assertThat(progress.isPaused()).as("an empty probe is cheap").isFalse();
    progress.sentEntries(3, 30);
    assertThat(progress.isPaused()).isTrue();
    assertThat(progress.next()).isEqualTo(5);
    progress.resume();
    assertThat(progress.isPaused()).isFalse();
  }

  @Test
  void replicatingRunsAheadWithinTheWindow() {
    Progress progress = replicating(4);
    progress.sentEntries(3, 30);
    assertThat(progress.next()).isEqualTo(8);
    assertThat(progress.isPaused()).isFalse();
    progress.sentEntries(1, 10);
    assertThat(progress.isPaused()).isTrue();
    assertThat(progress.inFlights().count()).isEqualTo(2);
    assertThat(progress.inFlights().bytes()).isEqualTo(40);
    progress.maybeUpdate(7);
    progress.free(7);
    assertThat(progress.isPaused()).isFalse();
    assertThat(progress.inFlights().count()).isEqualTo(1);
    progress.becomeProbe();
    assertThat(progress.next()).isEqualTo(8);
    assertThat(progress.inFlights().count()).isZero();
  }

  @Test
  void anAppendPastAFullWindowIsAViolationThatNamesItsPlace() {
    Progress progress = replicating(4);
    progress.sentEntries(1, 1);
    progress.sentEntries(1, 1);
    assertThatThrownBy(() -> progress.sentEntries(1, 1))
        .isInstanceOf(RaftInvariantViolation.class)
        .hasMessage("node 1, term 3, index 7: flow control: an append was sent although the window is full");
  }

  @Test
  void anEmptyAppendWithAFullWindowLeavesItPaused() {
    Progress progress = replicating(4);
    progress.sentEntries(1, 1);
    progress.sentEntries(1, 1);
    progress.resume();
    progress.sentEntries(0, 0);
    assertThat(progress.isPaused()).isTrue();
  }

  @Test
  void aSnapshotHoldsEverythingBackUntilItIsDone() {
    Progress progress = replicating(4);
    progress.becomeSnapshot(9);
    assertThat(progress.isPaused()).isTrue();
    assertThat(progress.pendingSnapshot()).isEqualTo(9);
    assertThat(progress.next()).isEqualTo(10);
    assertThatThrownBy(() -> progress.sentEntries(1, 1))
        .isInstanceOf(RaftInvariantViolation.class)
        .hasMessage("node 1, term 3, index 10: flow control: an append was sent while a snapshot is under way");
    progress.becomeProbe();
    assertThat(progress.next()).as("delivered").isEqualTo(10);
    assertThat(progress.pendingSnapshot()).isZero();
    progress.becomeSnapshot(20);
    progress.snapshotFailed();
    progress.becomeProbe();
    assertThat(progress.next()).as("failed").isEqualTo(5);
    progress.maybeUpdate(15);
    progress.becomeSnapshot(12);
    progress.becomeProbe();
    assertThat(progress.next()).as("an append overtook the snapshot").isEqualTo(16);
  }

  @Test
  void matchOnlyGrowsAndCarriesNextAlong() {
    Progress progress = progress(5);
    assertThat(progress.maybeUpdate(7)).isTrue();
    assertThat(progress.next()).isEqualTo(8);
    assertThat(progress.maybeUpdate(7)).isFalse();
    assertThat(progress.maybeUpdate(3)).isFalse();
    assertThat(progress.match()).isEqualTo(7);
    Progress ahead = replicating(4);
    ahead.sentEntries(6, 1);
    ahead.maybeUpdate(5);
    assertThat(ahead.next()).isEqualTo(11);
  }

  @Test
  void aRefusalWhileReplicatingGoesBackToWhatMatchesUnlessItIsOld() {
    Progress progress = replicating(4);
    progress.sentEntries(6, 1);
    assertThat(progress.maybeDecrease(4, 1)).isFalse();
    assertThat(progress.next()).isEqualTo(11);
    assertThat(progress.maybeDecrease(5, 1)).isTrue();
    assertThat(progress.next()).isEqualTo(5);
  }

  @Test
  void aRefusalWhileProbingFollowsTheHintButNeverBelowWhatMatches() {
    Progress progress = progress(10);
    progress.sentEntries(1, 1);
    assertThat(progress.maybeDecrease(7, 3)).as("not the probe under way").isFalse();
    assertThat(progress.isPaused()).isTrue();
    assertThat(progress.maybeDecrease(9, 4)).isTrue();
    assertThat(progress.next()).isEqualTo(5);
    assertThat(progress.isPaused()).isFalse();
    progress.maybeUpdate(3);
    assertThat(progress.maybeDecrease(4, 1)).isTrue();
    assertThat(progress.next()).isEqualTo(4);
    Progress high = progress(10);
    assertThat(high.maybeDecrease(9, 30)).isTrue();
    assertThat(high.next()).as("a hint cannot lead upwards").isEqualTo(9);
  }

  @Test
  void aCommitIndexIsWorthTellingOnceAndOnlyIfTheMemberWasSentTheEntries() {
    Progress progress = replicating(4);
    assertThat(progress.canBumpCommit(1)).isTrue();
    progress.sentCommit(3);
    assertThat(progress.canBumpCommit(3)).isFalse();
    assertThat(progress.canBumpCommit(4)).isTrue();
    progress.sentCommit(4);
    assertThat(progress.canBumpCommit(9)).as("it was sent nothing after 4").isFalse();
    progress.sentEntries(5, 1);
    assertThat(progress.canBumpCommit(9)).isTrue();
    progress.sentCommit(9);
    progress.maybeDecrease(9, 4);
    progress.becomeProbe();
    progress.maybeUpdate(8);
    assertThat(progress.canBumpCommit(8)).as("what it was told may be lost").isTrue();
  }

  @Test
  void whatAMemberWasToldOfLaterCommitsIsForgottenWhenTheLeaderGoesBack() {
    Progress probing = replicating(4);
    probing.sentEntries(5, 1);
    probing.sentCommit(9);
    probing.becomeProbe();
    probing.maybeUpdate(5);
    assertThat(probing.canBumpCommit(5)).isTrue();
    Progress refused = replicating(4);
    refused.sentEntries(5, 1);
    refused.sentCommit(9);
    refused.maybeDecrease(9, 0);
    refused.maybeUpdate(5);
    assertThat(refused.canBumpCommit(5)).isTrue();
    Progress probeRefused = progress(10);
    probeRefused.sentCommit(9);
    probeRefused.maybeDecrease(9, 4);
    probeRefused.maybeUpdate(5);
    assertThat(probeRefused.canBumpCommit(5)).isTrue();
  }

  @Test
  void roundsAndActivityAreRemembered() {
    Progress progress = progress(1);
    progress.confirmRound(5);
    progress.confirmRound(3);
    assertThat(progress.confirmedRound()).isEqualTo(5);
    assertThat(progress.recentlyActive()).isFalse();
    progress.recentlyActive(true);
    assertThat(progress.recentlyActive()).isTrue();
    progress.pause();
    assertThat(progress.isPaused()).isTrue();
    assertThatThrownBy(() -> progress(0))
        .isInstanceOf(RaftInvariantViolation.class)
        .hasMessage("node 1, term 3, index 0: flow control: what is sent next must be at least 1");
  }

  @Test
  void theWindowIsARingThatGrowsOnDemandAndIsBoundedByCount() {
    InFlights window = new InFlights(20, 0);
    long sent = 0;
    long freed = 0;
    for (int round = 0; round < 30; round++) {
      while (!window.full() && sent - freed < 3 + round % 18) {
        window.add(++sent, 1);
      }
      assertThat(window.count()).isEqualTo((int) (sent - freed));
      freed = Math.min(sent, freed + 2 + round % 5);
      window.freeUpTo(freed);
      assertThat(window.count()).isEqualTo((int) (sent - freed));
      assertThat(window.bytes()).isEqualTo(sent - freed);
    }
    while (!window.full()) {
      window.add(++sent, 1);
    }
    assertThat(window.count()).isEqualTo(20);
    window.freeUpTo(sent);
    assertThat(window.count()).isZero();
    assertThat(window.bytes()).isZero();
  }

  @Test
  void theWindowIsBoundedByBytesToo() {
    InFlights window = new InFlights(100, 50);
    window.add(1, 49);
    assertThat(window.full()).isFalse();
    window.add(2, 1);
    assertThat(window.full()).isTrue();
    window.freeUpTo(1);
    assertThat(window.full()).isFalse();
    window.reset();
    assertThat(window.bytes()).isZero();
  }
}
