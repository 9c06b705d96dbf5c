package io.raftoral.raft.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.raft.RaftInvariantViolation;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The log across its durable and its unstable part. */
class RaftLogTest {
  private static final ConfState CONF = ConfState.ofVoters(List.of(1L));
  private static final RaftInvariantViolation.Place PLACE =
      (index, rule) -> new RaftInvariantViolation(1, 7, index, rule);

  private final MemoryLogStorage storage = new MemoryLogStorage(CONF);

  private static Entry entry(long index, long term) {
    return new Entry.Normal(term, index, new byte[6]);
  }

  private static List<Entry> entries(long first, long... terms) {
    List<Entry> entries = new ArrayList<>();
    for (long term : terms) {
      entries.add(entry(first + entries.size(), term));
    }
    return entries;
  }

  private static final int ENTRY_BYTES = entry(1, 1).sizeBytes();

  private RaftLog log(long... terms) {
    storage.append(entries(1, terms));
    return new RaftLog(PLACE, storage, 0, 1000, true);
  }

  private static Snapshot snapshot(long index, long term) {
    return new Snapshot(new SnapshotMetadata(index, term, CONF), new byte[0]);
  }

  private void persist(RaftLog log, long number) {
    storage.write(null, log.newSnapshot(), log.newEntries());
    log.handOut(number);
    log.persisted(number);
  }

  @Test
  void anEmptyLogHoldsOnlyTheEntryZeroOfTermZero() {
    RaftLog log = log();
    assertThat(log.firstIndex()).isEqualTo(1);
    assertThat(log.lastIndex()).isZero();
    assertThat(log.lastTerm()).isZero();
    assertThat(log.matches(0, 0)).isTrue();
    assertThat(log.term(1)).isEqualTo(RaftLog.UNKNOWN_TERM);
    assertThat(log.matches(1, 0)).isFalse();
    assertThat(log.entries(1, 1, 100)).isEmpty();
  }

  @Test
  void termsAreKnownAcrossBothPartsAndNotOutside() {
    RaftLog log = log(1, 1, 2);
    log.append(entries(4, 3, 3));
    storage.compact(1);
    assertThat(log.term(1)).as("the entry before the first is known by its term").isEqualTo(1);
    assertThat(log.term(3)).isEqualTo(2);
    assertThat(log.term(5)).isEqualTo(3);
    assertThat(log.term(6)).isEqualTo(RaftLog.UNKNOWN_TERM);
    storage.compact(2);
    assertThat(log.term(1)).isEqualTo(RaftLog.UNKNOWN_TERM);
    assertThatThrownBy(() -> log.entries(2, 4, 100)).isInstanceOf(LogStorage.CompactedException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 6, 6, 5", "1, 6, 2, 2", "1, 6, 4, 4", "1, 6, 3, 3", "1, 6, 0, 1", "3, 6, 2, 2", "4, 6, 1, 1", "2, 5, 9, 3"
  })
  void entriesAreCutBySizeButAtLeastOne(long from, long to, int fitting, int expected) {
    RaftLog log = log(1, 1, 2);
    log.append(entries(4, 3, 3));
    List<Entry> found = log.entries(from, to, (long) fitting * ENTRY_BYTES);
    assertThat(found).hasSize(expected);
    assertThat(found.getFirst().index()).isEqualTo(from);
    assertThat(found.getLast().index()).isEqualTo(from + expected - 1);
  }

  @Test
  void appendingReplacesWhatFollowsAndLeavesNoGap() {
    RaftLog log = log(1, 1, 2);
    log.append(entries(2, 4, 4));
    assertThat(log.lastIndex()).isEqualTo(3);
    assertThat(log.newEntries()).isEqualTo(entries(2, 4, 4));
    log.append(entries(3, 5));
    assertThat(log.newEntries()).containsExactly(entry(2, 4), entry(3, 5));
    assertThatThrownBy(() -> log.append(entries(5, 5)))
        .isInstanceOf(RaftInvariantViolation.class)
        .hasMessage("node 1, term 7, index 5: appending would leave a gap after 3");
  }

  @Test
  void appendingBeforeTheUnstablePartReplacesAllOfIt() {
    RaftLog log = log(1, 1, 2);
    log.append(entries(4, 2, 2));
    log.append(entries(2, 9));
    assertThat(log.lastIndex()).isEqualTo(2);
    assertThat(log.newEntries()).isEqualTo(entries(2, 9));
    assertThat(log.hasNewEntries()).isTrue();
    assertThat(log.entries(1, 3, 1000)).containsExactly(entry(1, 1), entry(2, 9));
  }

  @Test
  void committedEntriesAreNeverOverwritten() {
    RaftLog log = log(1, 1, 2);
    log.commitTo(2);
    assertThatThrownBy(() -> log.append(entries(2, 4)))
        .isInstanceOf(RaftInvariantViolation.class)
        .hasMessageContaining("index 2: a committed entry would be overwritten");
    log.append(entries(3, 4));
    assertThat(log.lastTerm()).isEqualTo(4);
    assertThatThrownBy(() -> log.maybeAppend(1, 1, 0, entries(2, 9))).isInstanceOf(RaftInvariantViolation.class);
  }

  @Test
  void anAppendTakesOverOnlyFromTheFirstConflict() {
    RaftLog log = log(1, 1, 2, 2);
    assertThat(log.maybeAppend(2, 9, 0, List.of())).isEqualTo(RaftLog.MISMATCH);
    assertThat(log.maybeAppend(9, 2, 0, List.of())).isEqualTo(RaftLog.MISMATCH);
    assertThat(log.maybeAppend(1, 1, 0, entries(2, 1))).isEqualTo(2);
    assertThat(log.hasNewEntries()).isFalse();
    assertThat(log.maybeAppend(1, 1, 9, entries(2, 1, 3))).isEqualTo(3);
    assertThat(log.newEntries()).isEqualTo(entries(3, 3));
    assertThat(log.lastIndex()).isEqualTo(3);
    assertThat(log.committed()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"3, 2, true", "4, 2, true", "2, 2, false", "1, 3, true", "9, 1, false"})
  void upToDateComparesTermsThenLengths(long lastIndex, long lastTerm, boolean expected) {
    assertThat(log(1, 1, 2).isUpToDate(lastIndex, lastTerm)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"9, 9, 9", "9, 4, 6", "6, 3, 2", "9, 2, 2", "2, 1, 1", "9, 0, 0"})
  void theLastIndexNotAboveATermSkipsWholeTerms(long index, long term, long expected) {
    assertThat(log(1, 2, 4, 4, 4, 4, 6, 6, 6).lastIndexNotAbove(index, term)).isEqualTo(expected);
  }

  @Test
  void theSearchForATermEndsWhereTheLogWasCompacted() {
    RaftLog log = log(4, 4, 4, 6);
    storage.compact(2);
    assertThat(log.lastIndexNotAbove(4, 3)).isEqualTo(1);
  }

  @Test
  void theCommitIndexOnlyGrowsAndNeverPassesTheLog() {
    RaftLog log = log(1, 1, 2);
    log.commitTo(2);
    log.commitTo(1);
    assertThat(log.committed()).isEqualTo(2);
    assertThat(log.maybeCommit(3, 1)).isFalse();
    assertThat(log.maybeCommit(2, 1)).isFalse();
    assertThat(log.maybeCommit(3, 2)).isTrue();
    assertThatThrownBy(() -> log.commitTo(4))
        .isInstanceOf(RaftInvariantViolation.class)
        .hasMessageContaining("node 1, term 7, index 4")
        .hasMessageContaining("its log ends at 3");
  }

  @Test
  void theCommitIndexOfTheHardStateIsTakenUp() {
    storage.hardState(new HardState(1, 0, 2));
    assertThat(log(1, 1, 1).committed()).isEqualTo(2);
  }

  @Test
  void entriesAreAppliedOnceCommittedAndDurable() {
    RaftLog log = log(1);
    log.append(entries(2, 2, 2));
    log.commitTo(3);
    assertThat(log.takeCommittedEntries()).containsExactly(entry(1, 1));
    persist(log, 1);
    assertThat(log.hasCommittedEntries()).isTrue();
    assertThat(log.takeCommittedEntries()).isEqualTo(entries(2, 2, 2));
    assertThat(log.hasCommittedEntries()).isFalse();
    log.appliedTo(2);
    log.appliedTo(1);
    assertThat(log.applied()).isEqualTo(2);
    assertThatThrownBy(() -> log.appliedTo(4)).isInstanceOf(RaftInvariantViolation.class);
  }

  @Test
  void whatIsBeingAppliedIsBoundedInBytes() {
    storage.append(entries(1, 1, 1, 1, 1, 1));
    storage.hardState(new HardState(1, 0, 5));
    RaftLog log = new RaftLog(PLACE, storage, 0, 2L * ENTRY_BYTES, true);
    assertThat(log.takeCommittedEntries()).hasSize(2);
    assertThat(log.takeCommittedEntries()).isEmpty();
    log.appliedTo(1);
    assertThat(log.takeCommittedEntries()).as("the hand-out is acknowledged as a whole").isEmpty();
    log.appliedTo(2);
    assertThat(log.takeCommittedEntries()).isEqualTo(entries(3, 1, 1));
    log.appliedTo(4);
    assertThat(log.takeCommittedEntries()).isEqualTo(entries(5, 1));
    log.appliedTo(5);
    assertThat(log.hasCommittedEntries()).isFalse();
  }

  @Test
  void aCutHandOutIsFollowedByTheNextOnlyAfterAnAcknowledgement() {
    storage.append(entries(1, 1, 1, 1));
    storage.hardState(new HardState(1, 0, 3));
    RaftLog log = new RaftLog(PLACE, storage, 0, 2L * ENTRY_BYTES + 1, true);
    assertThat(log.takeCommittedEntries()).hasSize(2);
    assertThat(log.hasCommittedEntries()).isFalse();
    log.appliedTo(2);
    assertThat(log.takeCommittedEntries()).hasSize(1);
  }

  @Test
  void aSnapshotReplacesEverythingAndNothingIsAppliedUntilItIsInstalled() {
    RaftLog log = log(1, 1, 1);
    log.append(entries(4, 1));
    log.commitTo(2);
    log.restore(snapshot(9, 5));
    assertThat(log.firstIndex()).isEqualTo(10);
    assertThat(log.lastIndex()).isEqualTo(9);
    assertThat(log.lastTerm()).isEqualTo(5);
    assertThat(log.term(8)).isEqualTo(RaftLog.UNKNOWN_TERM);
    assertThat(log.committed()).isEqualTo(9);
    assertThat(log.hasNewEntries()).isFalse();
    assertThat(log.hasCommittedEntries()).isFalse();
    assertThat(log.hasPendingSnapshot()).isTrue();
    assertThat(log.snapshotToSend()).isEqualTo(snapshot(9, 5));
    log.append(entries(10, 5));
    log.commitTo(10);
    assertThat(log.hasCommittedEntries()).isFalse();
    storage.write(null, log.newSnapshot(), log.newEntries());
    log.handOut(1);
    assertThat(log.newSnapshot()).isNull();
    assertThat(log.persisted(1)).isEqualTo(snapshot(9, 5).metadata());
    log.appliedTo(9);
    assertThat(log.takeCommittedEntries()).isEqualTo(entries(10, 5));
    assertThat(log.hasPendingSnapshot()).isFalse();
    assertThat(log.firstIndex()).isEqualTo(10);
  }

  @Test
  void aSnapshotThatWasReplacedWhileItWasWrittenCountsForNothing() {
    RaftLog log = log(1);
    log.restore(snapshot(5, 2));
    log.handOut(1);
    log.restore(snapshot(8, 3));
    assertThat(log.persisted(1)).isNull();
    assertThat(log.hasPendingSnapshot()).isTrue();
    log.handOut(2);
    assertThat(log.persisted(2)).isEqualTo(snapshot(8, 3).metadata());
  }

  @Test
  void aWriteVouchesOnlyForWhatWasNotOverwrittenSince() {
    RaftLog log = log(1);
    log.append(entries(2, 1, 1, 1));
    log.handOut(1);
    storage.append(log.entries(2, 5, 1000));
    log.append(entries(4, 2));
    log.commitTo(4);
    log.persisted(1);
    assertThat(log.takeCommittedEntries()).isEqualTo(entries(1, 1, 1, 1));
    assertThat(log.newEntries()).isEqualTo(entries(4, 2));
    log.handOut(2);
    assertThat(log.hasNewEntries()).isFalse();
    assertThat(log.persisted(1)).isNull();
    assertThat(log.hasCommittedEntries()).isFalse();
    storage.append(entries(4, 2));
    log.persisted(2);
    assertThat(log.takeCommittedEntries()).isEqualTo(entries(4, 2));
  }

  @Test
  void memoryStorageKeepsItsContract() {
    storage.append(entries(1, 1, 1, 2, 2));
    storage.append(List.of());
    storage.append(entries(3, 3));
    assertThat(storage.lastIndex()).isEqualTo(3);
    assertThat(storage.term(3)).isEqualTo(3);
    assertThatThrownBy(storage::snapshot).isInstanceOf(LogStorage.SnapshotUnavailableException.class);
    storage.createSnapshot(2, CONF, new byte[] {1});
    storage.compact(2);
    storage.compact(1);
    assertThat(storage.firstIndex()).isEqualTo(3);
    assertThat(storage.term(2)).isEqualTo(1);
    assertThat(storage.snapshot().metadata()).isEqualTo(new SnapshotMetadata(2, 1, CONF));
    assertThatThrownBy(() -> storage.term(1))
        .isInstanceOf(LogStorage.CompactedException.class)
        .hasMessage("log index 1 was compacted; the first one left is 3");
    assertThatThrownBy(() -> storage.entries(2, 4, 9)).isInstanceOf(LogStorage.CompactedException.class);
    assertThatThrownBy(() -> storage.term(4)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> storage.append(entries(2, 3))).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> storage.append(entries(5, 3))).isInstanceOf(IndexOutOfBoundsException.class);
    storage.append(entries(4, 3, 3));
    assertThat(storage.entries(3, 6, 2L * ENTRY_BYTES)).isEqualTo(entries(3, 3, 3));
    assertThat(storage.entries(3, 6, 0)).isEqualTo(entries(3, 3));
    storage.write(new HardState(4, 1, 3), snapshot(8, 4), entries(9, 4));
    assertThat(storage.firstIndex()).isEqualTo(9);
    assertThat(storage.lastIndex()).isEqualTo(9);
    assertThat(storage.hardState()).isEqualTo(new HardState(4, 1, 3));
    assertThat(storage.confState()).isEqualTo(CONF);
  }
}
