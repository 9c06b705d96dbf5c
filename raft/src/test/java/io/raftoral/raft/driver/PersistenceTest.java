package io.raftoral.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.raft.RaftInvariantViolation;
import io.raftoral.raft.Ready;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PersistenceTest {
  private final Persistence persistence = new Persistence(1, 1, 10_000, null);

  @Test
  void mergesWhatWaitsIntoOneWrite() {
    assertThat(persistence.add(ready(1, new HardState(2, 1, 0), null, entries(2, 1, 2), ack(1)))).isFalse();
    assertThat(persistence.add(ready(2, null, null, entries(2, 3, 3), ack(2)))).isFalse();
    assertThat(persistence.add(ready(3, new HardState(3, 0, 1), null, List.of(), ack(3)))).isFalse();
    Persistence.Part part = persistence.next();
    assertThat(part.write.hardState()).isEqualTo(new HardState(3, 0, 1));
    assertThat(part.write.entries()).isEqualTo(entries(2, 1, 3));
    assertThat(part.write.sync()).isTrue();
    assertThat(part.number).isEqualTo(3);
    assertThat(part.messages).containsExactly(ack(1), ack(2), ack(3));
    assertThat(persistence.hasNext()).isFalse();
    assertThat(persistence.written()).isSameAs(part);
    assertThat(persistence.isIdle()).isTrue();
  }

  @Test
  void letsLaterEntriesReplaceEarlierOnes() {
    persistence.add(ready(1, null, null, entries(1, 5, 9)));
    persistence.add(ready(2, null, null, entries(2, 7, 7)));
    persistence.add(ready(3, null, null, entries(3, 8, 8)));
    List<Entry> written = persistence.next().write.entries();
    assertThat(written).extracting(Entry::index).containsExactly(5L, 6L, 7L, 8L);
    assertThat(written).extracting(Entry::term).containsExactly(1L, 1L, 2L, 3L);
    persistence.add(ready(4, null, null, entries(3, 9, 12)));
    persistence.add(ready(5, null, null, entries(4, 8, 8)));
    assertThat(persistence.next().write.entries()).isEqualTo(entries(4, 8, 8));
  }

  @Test
  void findsAGapBetweenEntries() {
    persistence.add(ready(1, null, null, entries(1, 1, 2)));
    persistence.add(ready(2, null, null, entries(1, 4, 4)));
    assertThatThrownBy(persistence::next).isInstanceOf(RaftInvariantViolation.class).hasMessageContaining("gap");
  }

  @Test
  void holdsASnapshotBackUntilTheStateMachineHasIt() {
    persistence.add(ready(1, null, null, entries(1, 1, 2)));
    persistence.add(ready(2, new HardState(2, 0, 50), snapshot(50), List.of(), ack(50)));
    persistence.add(ready(3, null, null, entries(2, 51, 52), ack(52)));
    Persistence.Part before = persistence.next();
    assertThat(before.number).isEqualTo(1);
    assertThat(before.write.snapshot()).isNull();
    assertThat(persistence.hasNext()).isFalse();
    persistence.restored(49);
    assertThat(persistence.hasNext()).isFalse();
    persistence.restored(50);
    Persistence.Part after = persistence.next();
    assertThat(after.number).isEqualTo(3);
    assertThat(after.write.snapshot()).isEqualTo(snapshot(50).metadata());
    assertThat(after.write.entries()).isEqualTo(entries(2, 51, 52));
    assertThat(after.messages).containsExactly(ack(50), ack(52));
  }

  @Test
  void letsACommitIndexRideOnTheNextWrite() {
    assertThat(persistence.add(ready(1, new HardState(1, 1, 7), null, List.of()))).isTrue();
    assertThat(persistence.hasNext()).isFalse();
    persistence.add(ready(2, null, null, entries(1, 8, 8)));
    Persistence.Part part = persistence.next();
    assertThat(part.write.hardState()).isEqualTo(new HardState(1, 1, 7));
    persistence.written();
    assertThat(persistence.nextCommitHint()).isNull();
  }

  @Test
  void writesACommitIndexAloneAndUnsyncedWhenNothingElseComes() {
    persistence.add(ready(1, null, null, entries(1, 1, 1)));
    persistence.next();
    persistence.add(ready(2, new HardState(1, 1, 1), null, List.of()));
    assertThat(persistence.nextCommitHint()).as("while a write is in flight").isNull();
    persistence.written();
    Persistence.Part part = Objects.requireNonNull(persistence.nextCommitHint());
    assertThat(part.write).isEqualTo(new LogWrite(1, new HardState(1, 1, 1), null, List.of(), false));
  }

  @Test
  void sendsMessagesThatNeedNoWriteAfterWhatIsInFlight() {
    persistence.add(ready(1, null, null, entries(1, 1, 1), ack(1)));
    Persistence.Part part = persistence.next();
    assertThat(persistence.add(ready(2, null, null, List.of(), ack(2)))).isFalse();
    assertThat(persistence.hasNext()).isFalse();
    assertThat(part.number).isEqualTo(2);
    assertThat(part.messages).containsExactly(ack(1), ack(2));
    persistence.written();
    assertThat(persistence.add(ready(3, null, null, List.of(), ack(3)))).as("nothing to wait for").isTrue();
  }

  @Test
  void cutsAWriteWhereItGetsTooLarge() {
    for (int i = 1; i <= 4; i++) {
      persistence.add(ready(i, null, null, List.of(new Entry.Normal(1, i, new byte[4000]))));
    }
    persistence.add(ready(5, null, null, List.of(), ack(4)));
    Persistence.Part first = persistence.next();
    Persistence.Part second = persistence.next();
    assertThat(first.number).isEqualTo(2);
    assertThat(second.number).isEqualTo(5);
    assertThat(second.messages).containsExactly(ack(4));
    assertThat(persistence.hasNext()).isFalse();
  }

  private static Ready ready(
      long number, @Nullable HardState hardState, @Nullable Snapshot snapshot, List<Entry> entries, Message... after) {
    boolean voteChanged = hardState != null && (after.length > 0 || snapshot != null);
    boolean sync = snapshot != null || !entries.isEmpty() || voteChanged;
    return new Ready(
        number, null, hardState, entries, snapshot, sync, List.of(), List.of(), List.of(after), List.of());
  }

  private static List<Entry> entries(long term, long from, long to) {
    return LongStream.rangeClosed(from, to).<Entry>mapToObj(i -> Entry.Normal.blank(term, i)).toList();
  }

  private static Snapshot snapshot(long index) {
    return new Snapshot(new SnapshotMetadata(index, 2, ConfState.ofVoters(List.of(1L, 2L))), new byte[0]);
  }

  private static Message ack(long index) {
    return new Message.AppendAccepted(1, 2, 2, index);
  }
}
