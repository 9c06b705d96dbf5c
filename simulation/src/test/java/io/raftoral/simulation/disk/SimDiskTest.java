package io.raftoral.simulation.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.raft.driver.GroupLog;
import io.raftoral.raft.driver.LogStore;
import io.raftoral.raft.driver.LogWrite;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.simulation.plan.Fault.DiskPoint;
import io.raftoral.simulation.world.World;
import io.raftoral.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SimDiskTest {
  private final World world = new World(1);
  private final SimDisk disk = newDisk(world);

  private static SimDisk newDisk(World world) {
    return new SimDisk(world, 1, 10, 100, new QuietObserver());
  }

  private static final class QuietObserver implements DiskObserver {
    @Override
    public void issued(int node, long group, LogWrite write, LogImage issued, boolean overwritten) {}

    @Override
    public void durable(int node, long group, LogImage media) {}

    @Override
    public void compacted(int node, long group, long index) {}

    @Override
    public void outstanding(int node, int writes) {}

    @Override
    public void wronglyStored(int node, String expected, String actual) {
      throw new AssertionError("expected " + expected + ", but " + actual);
    }

    @Override
    public long committedHash(long group, long index) {
      return index + 1;
    }
  }

  private static final class Told implements LogStore.Completion {
    boolean written;
    boolean failed;

    @Override
    public void written() {
      written = true;
    }

    @Override
    public void failed(Throwable cause) {
      failed = true;
    }
  }

  private static LogWrite write(long index, long term, boolean sync) {
    return new LogWrite(1, new HardState(term, 1, index - 1), null, List.of(Entry.Normal.blank(term, index)), sync);
  }

  private static SimDisk.Session opened(SimDisk disk) {
    SimDisk.Session session = disk.open();
    session.open(1);
    return session;
  }

  private static void runAll(World world) {
    long until = world.nowNanos() + 1_000_000_000L;
    while (world.step(until)) {
      assertThat(world.executed()).isLessThan(10_000);
    }
  }

  @Test
  void writeIsDurableBeforeItIsAcknowledged() {
    Told told = new Told();
    opened(disk).write(List.of(write(1, 1, true)), told);
    while (disk.media(1).lastIndex() == 0) {
      assertThat(told.written).isFalse();
      assertThat(world.step(Long.MAX_VALUE - 1)).isTrue();
    }
    runAll(world);
    assertThat(told.written).isTrue();
    assertThat(disk.media(1).hardState()).isEqualTo(new HardState(1, 1, 0));
  }

  @Test
  void powerCutLeavesAnyPrefixOfTheBatchesThatWereNotSynced() {
    TreeSet<Long> left = new TreeSet<>();
    for (long seed = 0; seed < 100; seed++) {
      World other = new World(seed);
      SimDisk cut = newDisk(other);
      SimDisk.Session session = opened(cut);
      for (long index = 1; index <= 3; index++) {
        session.write(List.of(write(index, 1, false)), new Told());
        runAll(other);
      }
      cut.crash(true);
      left.add(cut.media(1).lastIndex());
    }
    assertThat(left).containsExactly(0L, 1L, 2L, 3L);
  }

  @Test
  void batchIsTornAsAWholeOrNotAtAll() {
    TreeSet<Long> left = new TreeSet<>();
    for (long seed = 0; seed < 100; seed++) {
      World other = new World(seed);
      SimDisk cut = newDisk(other);
      Told told = new Told();
      cut.onCrash(() -> cut.crash(true));
      cut.crashAt(DiskPoint.AFTER_WRITE, 1);
      opened(cut).write(List.of(write(1, 1, true), write(2, 1, true), write(3, 1, true)), told);
      runAll(other);
      assertThat(told.written).isFalse();
      left.add(cut.media(1).lastIndex());
    }
    assertThat(left).containsExactly(0L, 3L);
  }

  @Test
  void deathOfTheProcessKeepsWhatTheMachineHas() {
    disk.onCrash(() -> disk.crash(false));
    disk.crashAt(DiskPoint.AFTER_WRITE, 1);
    opened(disk).write(List.of(write(1, 1, true), write(2, 1, true)), new Told());
    runAll(world);
    assertThat(disk.media(1).lastIndex()).isEqualTo(2);
  }

  @Test
  void crashBeforeTheWriteLeavesNothingOfItAcknowledged() {
    Told told = new Told();
    disk.onCrash(() -> disk.crash(true));
    disk.crashAt(DiskPoint.BEFORE_WRITE, 1);
    opened(disk).write(List.of(write(1, 1, true)), told);
    runAll(world);
    assertThat(told.written).isFalse();
  }

  @Test
  void crashAfterTheSyncLeavesEverythingAndTellsNobody() {
    Told told = new Told();
    disk.onCrash(() -> disk.crash(true));
    disk.crashAt(DiskPoint.AFTER_SYNC, 1);
    opened(disk).write(List.of(write(1, 1, true)), told);
    runAll(world);
    assertThat(told.written).isFalse();
    assertThat(disk.media(1).lastIndex()).isEqualTo(1);
  }

  @Test
  void afterAFailedSyncNothingIsEverAcknowledged() {
    SimDisk.Session session = opened(disk);
    Told first = new Told();
    Told second = new Told();
    disk.failNext(true);
    session.write(List.of(write(1, 1, true)), first);
    runAll(world);
    session.write(List.of(write(2, 1, true)), second);
    runAll(world);
    assertThat(first.failed).isTrue();
    assertThat(second.failed).isTrue();
    assertThat(second.written).isFalse();
    assertThat(session.broken()).isTrue();
  }

  @Test
  void anyFlippedBitIsNoticedWhenTheLogIsOpened() {
    for (long seed = 0; seed < 200; seed++) {
      World other = new World(seed);
      SimDisk flipped = newDisk(other);
      opened(flipped).write(List.of(write(1, 1, true), write(2, 1, true)), new Told());
      runAll(other);
      flipped.crash(false);
      flipped.damage();
      assertThatThrownBy(() -> opened(flipped)).isInstanceOf(StorageException.class);
    }
  }

  @Test
  void syncThatSucceedsAfterOneThatFailedMakesNothingDurable() {
    SimDisk.Session session = opened(disk);
    session.write(List.of(write(1, 1, true)), new Told());
    disk.failNext(true);
    runAll(world);
    disk.heal();
    session.write(List.of(write(2, 1, true)), new Told());
    runAll(world);
    assertThat(disk.media(1).lastIndex()).isZero();
  }

  @Test
  void writesThatWaitShareOneSync() {
    SimDisk.Session session = opened(disk);
    List<Told> told = new ArrayList<>();
    for (int i = 1; i <= 10; i++) {
      told.add(new Told());
      session.write(List.of(write(i, 1, true)), told.getLast());
    }
    runAll(world);
    assertThat(told).allMatch(t -> t.written);
    // One batch: a write and a sync.
    assertThat(disk.operations()).isEqualTo(2);
  }

  @Test
  void readersSeeOnlyWhatTheyWereToldIsDurable() {
    SimDisk.Session session = disk.open();
    GroupLog log = session.open(1);
    LogWrite write = write(1, 1, true);
    session.write(List.of(write), new Told());
    runAll(world);
    assertThat(log.lastIndex()).isZero();
    log.persisted(write);
    assertThat(log.lastIndex()).isEqualTo(1);
    assertThat(log.entries(1, 2, Long.MAX_VALUE)).hasSize(1);
  }

  @Test
  void logsAgreeIfAndOnlyIfTheirHashesDo() {
    LogImage one = new LogImage();
    LogImage two = new LogImage();
    one.write(new LogWrite(1, null, null, List.of(Entry.Normal.blank(1, 1), Entry.Normal.blank(1, 2)), true), i -> i);
    two.write(new LogWrite(1, null, null, List.of(Entry.Normal.blank(1, 1), Entry.Normal.blank(2, 2)), true), i -> i);
    assertThat(one.hashAt(1)).isEqualTo(two.hashAt(1));
    assertThat(one.hashAt(2)).isNotEqualTo(two.hashAt(2));
    boolean overwritten = two.write(new LogWrite(1, null, null, List.of(Entry.Normal.blank(1, 2)), true), i -> i);
    assertThat(overwritten).isTrue();
    assertThat(one.hashAt(2)).isEqualTo(two.hashAt(2));
    one.compact(1);
    assertThat(one.hashAt(2)).isEqualTo(two.hashAt(2));
    assertThat(one.hashAt(0)).isEqualTo(LogImage.NO_HASH);
  }
}
