package io.raftoral.storage;

import static io.raftoral.storage.LogWrites.GROUP;
import static io.raftoral.storage.LogWrites.append;
import static io.raftoral.storage.LogWrites.entries;
import static io.raftoral.storage.LogWrites.entry;
import static io.raftoral.storage.LogWrites.hardState;
import static io.raftoral.storage.LogWrites.snapshot;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.raft.driver.GroupLog;
import io.raftoral.raft.driver.LogStore;
import io.raftoral.raft.driver.LogWrite;
import io.raftoral.raft.log.LogStorage;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What every log store does, whatever it stands on. */
public abstract class LogStoreContract {
  private @Nullable Harness harness;

  /** A store that can be closed, killed and opened again over what it left behind. */
  public interface Harness {
    /** Opens the store; the one before was closed or abandoned. */
    LogStore open();

    /** Closes it cleanly. */
    void close();

    /** Kills it. */
    void abandon();
  }

  /**
   * A harness for one test.
   *
   * @param tailCacheBytes how much of a log is kept in memory
   */
  protected abstract Harness newHarness(long tailCacheBytes);

  private Harness harness() {
    Harness present = harness;
    if (present == null) {
      present = newHarness(1 << 20);
      harness = present;
    }
    return present;
  }

  @AfterEach
  void closeStore() {
    if (harness != null) {
      harness.abandon();
    }
  }

  private static void write(LogStore store, GroupLog log, LogWrite write) {
    Answer answer = new Answer();
    store.write(List.of(write), answer);
    answer.await();
    log.persisted(write);
  }

  private static List<Entry> all(GroupLog log) {
    return log.entries(log.firstIndex(), log.lastIndex() + 1, Long.MAX_VALUE);
  }

  @Nested
  class AnEmptyLog {
    @Test
    void hasNoEntriesAndAnEmptyHardState() {
      GroupLog log = harness().open().open(GROUP);
      assertThat(log.firstIndex()).isEqualTo(1);
      assertThat(log.lastIndex()).isZero();
      assertThat(log.term(0)).isZero();
      assertThat(log.hardState()).isEqualTo(HardState.EMPTY);
      assertThat(log.confState()).isEqualTo(ConfState.EMPTY);
      assertThat(log.entries(1, 1, 100)).isEmpty();
    }

    @Test
    void refusesAGroupNumberThatIsNotPositive() {
      LogStore store = harness().open();
      assertThatThrownBy(() -> store.open(0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void saysThatItHoldsNoSnapshotOfTheState() {
      GroupLog log = harness().open().open(GROUP);
      assertThatThrownBy(log::snapshot).isInstanceOf(LogStorage.SnapshotUnavailableException.class);
    }
  }

  @Nested
  class Appending {
    @Test
    void entriesAreReadBackInOrder() {
      LogStore store = harness().open();
      GroupLog log = store.open(GROUP);
      write(store, log, append(GROUP, 1, 1, 3));
      write(store, log, append(GROUP, 2, 4, 5));
      assertThat(log.lastIndex()).isEqualTo(5);
      assertThat(log.entries(2, 5, Long.MAX_VALUE)).containsExactly(entry(1, 2), entry(1, 3), entry(2, 4));
      assertThat(log.term(3)).isEqualTo(1);
      assertThat(log.term(4)).isEqualTo(2);
    }

    @Test
    void whatIsWrittenIsInvisibleUntilTheLoopLearnsOfIt() {
      LogStore store = harness().open();
      GroupLog log = store.open(GROUP);
      Answer answer = new Answer();
      LogWrite write = append(GROUP, 1, 1, 2);
      store.write(List.of(write), answer);
      answer.await();
      assertThat(log.lastIndex()).isZero();
      assertThat(log.hardState()).isEqualTo(HardState.EMPTY);
      assertThatThrownBy(() -> log.entries(1, 2, 100)).isInstanceOf(IndexOutOfBoundsException.class);
      log.persisted(write);
      assertThat(all(log)).isEqualTo(entries(1, 1, 2));
    }

    @Test
    void survivesBeingClosedAndBeingKilled() {
      LogStore store = harness().open();
      GroupLog log = store.open(GROUP);
      write(store, log, append(GROUP, 1, 1, 3));
      harness().close();
      store = harness().open();
      log = store.open(GROUP);
      assertThat(all(log)).isEqualTo(entries(1, 1, 3));
      write(store, log, append(GROUP, 2, 4, 4));
      harness().abandon();
      log = harness().open().open(GROUP);
      assertThat(log.entries(1, 5, Long.MAX_VALUE)).hasSize(4).last().isEqualTo(entry(2, 4));
      assertThat(log.hardState()).isEqualTo(new HardState(2, 0, 0));
    }

    @Test
    void everyKindOfEntryIsReadBackAsItWas() {
      List<Entry> kinds =
          List.of(
              Entry.Normal.blank(1, 1),
              new Entry.Normal(1, 2, new byte[100_000]),
              new Entry.Membership(1, 3, ConfChange.simple(ConfChange.Kind.ADD_LEARNER, 4)),
              new Entry.Membership(
                  1,
                  4,
                  new ConfChange(
                      ConfChange.Transition.JOINT_EXPLICIT,
                      List.of(
                          new ConfChange.Change(ConfChange.Kind.REMOVE, Long.MAX_VALUE),
                          new ConfChange.Change(ConfChange.Kind.ADD_VOTER, 9)))),
              new Entry.Membership(
                  1, 5, new ConfChange(ConfChange.Transition.JOINT_IMPLICIT, List.of())),
              new Entry.Membership(1, 6, ConfChange.leaveJoint()));
      LogStore store = harness().open();
      GroupLog log = store.open(GROUP);
      write(store, log, new LogWrite(GROUP, new HardState(1, 2, 0), null, kinds, true));
      assertThat(all(log)).isEqualTo(kinds);
      harness().close();
      assertThat(all(harness().open().open(GROUP))).isEqualTo(kinds);
    }

    @Test
    void callsAreAnsweredInTheOrderTheyWereMade() {
      LogStore store = harness().open();
      store.open(GROUP);
      List<Integer> order = Collections.synchronizedList(new ArrayList<>());
      List<Answer> answers = new ArrayList<>();
      for (int i = 1; i <= 200; i++) {
        int number = i;
        Answer answer =
            new Answer();
        answers.add(answer);
        store.write(
            List.of(new LogWrite(GROUP, new HardState(1, 0, 0), null, entries(1, i, i), i % 3 == 0)),
            new LogStore.Completion() {
              @Override
              public void written() {
                order.add(number);
                answer.written();
              }

              @Override
              public void failed(Throwable cause) {
                answer.failed(cause);
              }
            });
      }
      answers.forEach(Answer::await);
      assertThat(order).hasSize(200).isSorted();
    }

    @Test
    void entriesThatDoNotFitToTheLogAreRefused() {
      LogStore store = harness().open();
      GroupLog log = store.open(GROUP);
      write(store, log, append(GROUP, 1, 1, 3));
      assertThatThrownBy(() -> store.write(List.of(append(GROUP, 1, 5, 6)), new Answer()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("entry 5");
      LogWrite holed = new LogWrite(GROUP, null, null, List.of(entry(1, 4), entry(1, 6)), true);
      assertThatThrownBy(() -> store.write(List.of(holed), new Answer()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("entry 6");
    }
  }

  @Nested
  class Overwriting {
    @Test
    void aConflictingTailIsReplacedAndWhatFollowsItIsGone() {
      LogStore store = harness().open();
      GroupLog log = store.open(GROUP);
      write(store, log, append(GROUP, 1, 1, 10));
      write(store, log, append(GROUP, 2, 4, 5));
      assertThat(log.lastIndex()).isEqualTo(5);
      assertThat(log.term(5)).isEqualTo(2);
      assertThatThrownBy(() -> log.term(6)).isInstanceOf(IndexOutOfBoundsException.class);
      harness().abandon();
      GroupLog again = harness().open().open(GROUP);
      assertThat(again.lastIndex()).isEqualTo(5);
      assertThat(again.entries(3, 6, Long.MAX_VALUE)).containsExactly(entry(1, 3), entry(2, 4), entry(2, 5));
    }

    @Test
    void aLongTailIsReplacedAsWell() {
      LogStore store = harness().open();
      GroupLog log = store.open(GROUP);
      write(store, log, append(GROUP, 1, 1, 5_000));
      write(store, log, append(GROUP, 2, 2, 3));
      write(store, log, append(GROUP, 2, 4, 100));
      harness().abandon();
      GroupLog again = harness().open().open(GROUP);
      assertThat(again.lastIndex()).isEqualTo(100);
      assertThat(again.entries(2, 101, Long.MAX_VALUE)).isEqualTo(entries(2, 2, 100));
    }

    @Test
    void overwritesInOneCallTakeEffectInOrder() {
      LogStore store = harness().open();
      GroupLog log = store.open(GROUP);
      LogWrite first = append(GROUP, 1, 1, 6);
      LogWrite second = append(GROUP, 2, 3, 4);
      LogWrite third = append(GROUP, 3, 4, 5);
      Answer answer = new Answer();
      store.write(List.of(first, second, third), answer);
      answer.await();
      List.of(first, second, third).forEach(log::persisted);
      List<Entry> expected = List.of(entry(1, 1), entry(1, 2), entry(2, 3), entry(3, 4), entry(3, 5));
      assertThat(all(log)).isEqualTo(expected);
      harness().abandon();
      assertThat(all(harness().open().open(GROUP))).isEqualTo(expected);
    }
  }

  @Nested
  class TheHardState {
    @Test
    void isTheNewestOneAfterARestart() {
      LogStore store = harness().open();
      GroupLog log = store.open(GROUP);
      write(store, log, hardState(GROUP, 3, 2, 0));
      write(store, log, hardState(GROUP, 4, 1, 0));
      assertThat(log.hardState()).isEqualTo(new HardState(4, 1, 0));
      harness().abandon();
      assertThat(harness().open().open(GROUP).hardState()).isEqualTo(new HardState(4, 1, 0));
    }

    @Test
    void staysWhenAWriteHasNone() {
      LogStore store = harness().open();
      GroupLog log = store.open(GROUP);
      write(store, log, hardState(GROUP, 1, 2, 0));
      write(store, log, new LogWrite(GROUP, null, null, entries(1, 1, 1), true));
      assertThat(log.hardState()).isEqualTo(new HardState(1, 2, 0));
    }
  }

  @Nested
  class Reading {
    @Test
    void givesAsManyEntriesAsFitButAtLeastOne() {
      LogStore store = harness().open();
      GroupLog log = store.open(GROUP);
      write(store, log, append(GROUP, 1, 1, 9));
      int size = entry(1, 1).sizeBytes();
      assertThat(log.entries(1, 10, 0)).isEqualTo(entries(1, 1, 1));
      assertThat(log.entries(1, 10, 3L * size)).isEqualTo(entries(1, 1, 3));
      assertThat(log.entries(1, 10, 3L * size + size - 1)).isEqualTo(entries(1, 1, 3));
    }

    @Test
    void goesToTheDiskForWhatIsNoLongerInMemory() {
      Harness small = newHarness(5L * entry(1, 1).sizeBytes());
      harness = small;
      LogStore store = small.open();
      GroupLog log = store.open(GROUP);
      write(store, log, append(GROUP, 1, 1, 20));
      write(store, log, append(GROUP, 2, 21, 60));
      assertThat(all(log)).hasSize(60).startsWith(entry(1, 1)).endsWith(entry(2, 60));
      int size = entry(1, 1).sizeBytes();
      assertThat(log.entries(9, 61, 4L * size)).hasSizeBetween(3, 4).first().isEqualTo(entry(1, 9));
      assertThat(log.entries(50, 61, Long.MAX_VALUE)).isEqualTo(entries(2, 50, 60));
      write(store, log, append(GROUP, 3, 10, 12));
      assertThat(log.entries(8, 13, Long.MAX_VALUE))
          .containsExactly(entry(1, 8), entry(1, 9), entry(3, 10), entry(3, 11), entry(3, 12));
    }

    @Test
    void worksWithNoCacheAtAll() {
      Harness none = newHarness(0);
      harness = none;
      LogStore store = none.open();
      GroupLog log = store.open(GROUP);
      for (int i = 1; i <= 30; i++) {
        write(store, log, append(GROUP, 1, i, i));
      }
      assertThat(all(log)).isEqualTo(entries(1, 1, 30));
    }
  }

  @Nested
  class Compacting {
    @Test
    void dropsTheEntriesButRemembersTheTermOfTheLast() {
      LogStore store = harness().open();
      GroupLog log = store.open(GROUP);
      write(store, log, append(GROUP, 1, 1, 5));
      write(store, log, append(GROUP, 2, 6, 10));
      store.compact(GROUP, 7);
      assertThat(log.firstIndex()).isEqualTo(8);
      assertThat(log.term(7)).isEqualTo(2);
      assertThatThrownBy(() -> log.term(6)).isInstanceOf(LogStorage.CompactedException.class);
      assertThatThrownBy(() -> log.entries(7, 9, 100)).isInstanceOf(LogStorage.CompactedException.class);
      assertThat(all(log)).isEqualTo(entries(2, 8, 10));
      harness().close();
      GroupLog again = harness().open().open(GROUP);
      assertThat(again.firstIndex()).isEqualTo(8);
      assertThat(again.term(7)).isEqualTo(2);
      assertThat(all(again)).isEqualTo(entries(2, 8, 10));
    }

    @Test
    void mayEmptyTheLogAndGoOn() {
      LogStore store = harness().open();
      GroupLog log = store.open(GROUP);
      write(store, log, append(GROUP, 1, 1, 5));
      store.compact(GROUP, 5);
      assertThat(log.lastIndex()).isEqualTo(5);
      assertThat(log.firstIndex()).isEqualTo(6);
      write(store, log, append(GROUP, 1, 6, 7));
      harness().close();
      assertThat(all(harness().open().open(GROUP))).isEqualTo(entries(1, 6, 7));
    }

    @Test
    void aSecondTimeUpToTheSameEntryDoesNothing() {
      LogStore store = harness().open();
      GroupLog log = store.open(GROUP);
      write(store, log, append(GROUP, 1, 1, 5));
      store.compact(GROUP, 3);
      store.compact(GROUP, 3);
      store.compact(GROUP, 1);
      assertThat(log.firstIndex()).isEqualTo(4);
    }

    @Test
    void neverGoesBeyondWhatIsDurable() {
      LogStore store = harness().open();
      GroupLog log = store.open(GROUP);
      write(store, log, append(GROUP, 1, 1, 5));
      assertThatThrownBy(() -> store.compact(GROUP, 6)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void manyTimesLeavesTheTailReadable() {
      LogStore store = harness().open();
      GroupLog log = store.open(GROUP);
      for (int round = 0; round < 20; round++) {
        write(store, log, append(GROUP, 1, round * 500L + 1, round * 500L + 500));
        store.compact(GROUP, round * 500L + 400);
      }
      harness().close();
      GroupLog again = harness().open().open(GROUP);
      assertThat(all(again)).isEqualTo(entries(1, 9_901, 10_000));
    }
  }

  @Nested
  class ASnapshot {
    @Test
    void replacesTheWholeLog() {
      LogStore store = harness().open();
      GroupLog log = store.open(GROUP);
      write(store, log, append(GROUP, 1, 1, 10));
      write(store, log, snapshot(GROUP, 5, 3, entries(3, 6, 7)));
      assertThat(log.firstIndex()).isEqualTo(6);
      assertThat(log.term(5)).isEqualTo(3);
      assertThat(log.confState()).isEqualTo(ConfState.ofVoters(List.of(1L, 2L, 3L)));
      assertThat(all(log)).isEqualTo(entries(3, 6, 7));
      harness().abandon();
      GroupLog again = harness().open().open(GROUP);
      assertThat(all(again)).isEqualTo(entries(3, 6, 7));
      assertThat(again.hardState().commit()).isEqualTo(5);
      assertThat(again.confState()).isEqualTo(ConfState.ofVoters(List.of(1L, 2L, 3L)));
    }

    @Test
    void mayLieFarBeyondTheLog() {
      LogStore store = harness().open();
      GroupLog log = store.open(GROUP);
      write(store, log, append(GROUP, 1, 1, 10));
      write(store, log, snapshot(GROUP, 1_000, 4, List.of()));
      assertThat(log.lastIndex()).isEqualTo(1_000);
      write(store, log, append(GROUP, 4, 1_001, 1_002));
      store.compact(GROUP, 900);
      assertThat(log.firstIndex()).isEqualTo(1_001);
      harness().abandon();
      assertThat(all(harness().open().open(GROUP))).isEqualTo(entries(4, 1_001, 1_002));
    }
  }

  @Nested
  class SeveralGroups {
    @Test
    void doNotSeeEachOther() {
      LogStore store = harness().open();
      GroupLog one = store.open(1);
      GroupLog two = store.open(2);
      LogWrite toOne = append(1, 1, 1, 5);
      LogWrite toTwo = append(2, 7, 1, 3);
      Answer answer = new Answer();
      store.write(List.of(toOne, toTwo), answer);
      answer.await();
      one.persisted(toOne);
      two.persisted(toTwo);
      store.compact(1, 4);
      harness().close();
      LogStore again = harness().open();
      assertThat(all(again.open(1))).isEqualTo(entries(1, 5, 5));
      assertThat(all(again.open(2))).isEqualTo(entries(7, 1, 3));
      assertThat(again.open(3).lastIndex()).isZero();
    }
  }

  @Nested
  class Ending {
    @Test
    void writesAfterClosingAreRefused() {
      LogStore store = harness().open();
      store.open(GROUP);
      harness().close();
      Answer answer = new Answer();
      store.write(List.of(append(GROUP, 1, 1, 1)), answer);
      assertThat(answer.awaitFailure()).isInstanceOf(StorageException.class).hasMessageContaining("closed");
    }

    @Test
    void closingCompletesWhatWaits() {
      LogStore store = harness().open();
      store.open(GROUP);
      List<Answer> answers = new ArrayList<>();
      for (int i = 1; i <= 50; i++) {
        answers.add(new Answer());
        store.write(List.of(append(GROUP, 1, i, i)), answers.getLast());
      }
      harness().close();
      assertThat(answers).allMatch(Answer::isDone);
      answers.forEach(Answer::await);
      assertThat(harness().open().open(GROUP).lastIndex()).isEqualTo(50);
    }

    @Test
    void nothingIsAnsweredAfterBeingKilled() {
      LogStore store = harness().open();
      GroupLog log = store.open(GROUP);
      write(store, log, append(GROUP, 1, 1, 1));
      harness().abandon();
      Answer answer = new Answer();
      store.write(List.of(append(GROUP, 1, 2, 2)), answer);
      assertThat(answer.isDone()).isFalse();
      assertThat(harness().open().open(GROUP).lastIndex()).isEqualTo(1);
      assertThat(answer.isDone()).isFalse();
    }

    @Test
    void whatWasAnsweredBeforeBeingKilledIsThere() {
      LogStore store = harness().open();
      store.open(GROUP);
      List<Answer> answers = new ArrayList<>();
      for (int i = 1; i <= 300; i++) {
        answers.add(new Answer());
        store.write(List.of(append(GROUP, 1, i, i)), answers.getLast());
      }
      harness().abandon();
      long answered = answers.stream().filter(Answer::isDone).count();
      assertThat(answers.subList(0, (int) answered)).allMatch(Answer::isDone);
      assertThat(harness().open().open(GROUP).lastIndex()).isGreaterThanOrEqualTo(answered);
    }
  }
}
