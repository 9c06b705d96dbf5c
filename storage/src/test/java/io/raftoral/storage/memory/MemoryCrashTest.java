package io.raftoral.storage.memory;

import static io.raftoral.storage.LogWrites.append;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.raft.driver.GroupLog;
import io.raftoral.raft.driver.LogStore;
import io.raftoral.raft.driver.LogWrite;
import io.raftoral.storage.LogModel;
import io.raftoral.storage.StorageException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Crashes of a simulated disk, between any two steps of its work and with any part of the un-synced writes kept. */
class MemoryCrashTest {

  @Test
  void whatWasAcknowledgedIsThereAfterEveryCrash() {
    int crashes = 0;
    int lost = 0;
    for (long seed = 1; seed <= 30; seed++) {
      Run run = new Run(seed);
      for (int i = 0; i < 6; i++) {
        lost += run.untilCrash();
        crashes++;
      }
    }
    assertThat(crashes).isEqualTo(180);
    // Otherwise the disk loses nothing, and the test shows nothing.
    assertThat(lost).isGreaterThan(100);
  }

  /** One disk, with one store after the other. */
  private static final class Run {
    private final long seed;
    private final Random random;
    private final MemoryDisk disk = new MemoryDisk();
    private LogModel durable;

    Run(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.durable = new LogModel(1, seed);
    }

    /** Returns how many operations were lost. */
    int untilCrash() {
      Deque<Runnable> tasks = new ArrayDeque<>();
      MemoryLogStore store = new MemoryLogStore(disk, tasks::add, 4_000, 2_000);
      GroupLog log = store.open(1);
      LogModel issued = replay(durable.operations());
      assertThat(issued.matches(log)).as("seed %d, %s", seed, issued).isTrue();
      long[] acknowledged = {issued.operations()};
      Deque<LogWrite> written = new ArrayDeque<>();
      for (int step = random.nextInt(200); step > 0; step--) {
        if (random.nextInt(3) > 0 && !tasks.isEmpty()) {
          tasks.removeFirst().run();
        } else {
          issue(issued, store, log, tasks, acknowledged, written);
        }
      }
      disk.crash(random.nextInt(4));
      MemoryLogStore again = new MemoryLogStore(disk, Runnable::run);
      GroupLog recovered = again.open(1);
      LogModel found = replay(acknowledged[0]);
      while (!found.matches(recovered) && found.operations() < issued.operations()) {
        found.next();
      }
      assertThat(found.matches(recovered)).as("seed %d, acknowledged %d, issued %s", seed, acknowledged[0], issued).isTrue();
      assertThat(found.operations()).isGreaterThanOrEqualTo(durable.operations());
      durable = found;
      return (int) (issued.operations() - found.operations());
    }

    private void issue(
        LogModel issued,
        MemoryLogStore store,
        GroupLog log,
        Deque<Runnable> tasks,
        long[] acknowledged,
        Deque<LogWrite> written) {
      LogModel.Operation operation = issued.next();
      long number = issued.operations();
      switch (operation) {
        case LogModel.Operation.Compact compact -> {
          while (!tasks.isEmpty()) {
            tasks.removeFirst().run();
          }
          written.forEach(log::persisted);
          written.clear();
          store.compact(1, compact.index());
        }
        case LogModel.Operation.Write write ->
            store.write(
                List.of(write.write()),
                new LogStore.Completion() {
                  @Override
                  public void written() {
                    written.add(write.write());
                    // Without a sync, an answer promises nothing beyond a crash.
                    if (write.write().sync()) {
                      acknowledged[0] = number;
                    }
                  }

                  @Override
                  public void failed(Throwable cause) {
                    throw new AssertionError(cause);
                  }
                });
      }
    }

    private LogModel replay(long operations) {
      LogModel model = new LogModel(1, seed);
      while (model.operations() < operations) {
        model.next();
      }
      return model;
    }
  }

  @Test
  void theSameTasksGiveTheSameWrites() {
    assertThat(trace(5)).isEqualTo(trace(5)).isNotEqualTo(trace(6));
  }

  private static List<String> trace(long seed) {
    MemoryDisk disk = new MemoryDisk();
    Deque<Runnable> tasks = new ArrayDeque<>();
    MemoryLogStore store = new MemoryLogStore(disk, tasks::add);
    store.open(1);
    LogModel model = new LogModel(1, seed);
    Random random = new Random(seed);
    List<String> trace = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      if (model.next() instanceof LogModel.Operation.Write write) {
        store.write(
            List.of(write.write()),
            new LogStore.Completion() {
              @Override
              public void written() {
                trace.add(write.toString());
              }

              @Override
              public void failed(Throwable cause) {
                trace.add(cause.toString());
              }
            });
      } else {
        break;
      }
      if (random.nextBoolean() && !tasks.isEmpty()) {
        tasks.removeFirst().run();
        trace.add(disk.writes() + " writes, " + disk.syncs() + " syncs, " + disk.unsynced() + " unsynced");
      }
    }
    return trace;
  }

  @Test
  void everyFlippedBitOfALogIsNoticed() {
    MemoryDisk disk = new MemoryDisk();
    MemoryLogStore store = new MemoryLogStore(disk, Runnable::run);
    store.open(1);
    LogModel model = new LogModel(1, 3);
    for (int i = 0; i < 5; i++) {
      if (model.next() instanceof LogModel.Operation.Write write) {
        store.write(List.of(write.write()), new IgnoredAnswer());
      }
    }
    Random random = new Random(1);
    for (int record = 0; record < disk.records(); record++) {
      int bit = random.nextInt(1 << 20);
      disk.flipBit(record, bit);
      assertThatThrownBy(() -> new MemoryLogStore(disk, Runnable::run).open(1))
          .isInstanceOf(StorageException.class);
      disk.flipBit(record, bit);
    }
    assertThat(new MemoryLogStore(disk, Runnable::run).open(1).lastIndex()).isPositive();
  }

  private static final class IgnoredAnswer implements LogStore.Completion {
    @Override
    public void written() {}

    @Override
    public void failed(Throwable cause) {
      throw new AssertionError(cause);
    }
  }

  @Test
  void aDiskThatFailsToSyncKeepsWhatItHadAndAcknowledgesNothing() {
    MemoryDisk disk = new MemoryDisk();
    MemoryLogStore store = new MemoryLogStore(disk, Runnable::run);
    store.open(1);
    disk.failSyncs(StorageException.Kind.IO);
    List<String> answers = new ArrayList<>();
    LogStore.Completion completion =
        new LogStore.Completion() {
          @Override
          public void written() {
            answers.add("written");
          }

          @Override
          public void failed(Throwable cause) {
            answers.add("failed");
          }
        };
    store.write(List.of(append(1, 1, 1, 1)), completion);
    disk.repair();
    store.write(List.of(append(1, 1, 2, 2)), completion);
    assertThat(answers).containsExactly("failed", "failed");
    disk.crash(0);
    assertThat(new MemoryLogStore(disk, Runnable::run).open(1).lastIndex()).isZero();
  }
}
