package io.raftoral.storage.rocksdb;

import static io.raftoral.storage.LogWrites.GROUP;
import static io.raftoral.storage.LogWrites.append;
import static io.raftoral.storage.LogWrites.entries;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.raft.driver.GroupLog;
import io.raftoral.raft.driver.LogStore;
import io.raftoral.raft.driver.LogWrite;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.storage.Answer;
import io.raftoral.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.Statistics;
import org.rocksdb.TickerType;

/** What the log store on RocksDB promises beyond the contract: real syncs, shared ones, and none after a failure. */
class RocksLogStoreTest {
  @TempDir private Path temporary;
  private @Nullable RocksLogStore store;
  private @Nullable FaultyTable disk;

  @AfterEach
  void closeStore() {
    if (store != null) {
      store.abandon();
    }
  }

  private RocksLogStore open() {
    return open(null);
  }

  private RocksLogStore open(@Nullable Statistics statistics) {
    RocksLogStore opened =
        RocksLogStore.open(
            temporary.resolve("log"),
            LogStoreOptions.DEFAULTS,
            table -> {
              FaultyTable faulty = new FaultyTable(table);
              disk = faulty;
              return faulty;
            },
            statistics);
    store = opened;
    return opened;
  }

  private FaultyTable disk() {
    FaultyTable present = disk;
    assertThat(present).isNotNull();
    return Objects.requireNonNull(present);
  }

  private static Answer write(LogStore store, LogWrite write) {
    Answer answer = new Answer();
    store.write(List.of(write), answer);
    return answer;
  }

  @Test
  void everyAnsweredWriteWasSyncedAndUnsyncedOnesAreNot() {
    try (Statistics statistics = new Statistics()) {
      RocksLogStore opened = open(statistics);
      opened.open(GROUP);
      long before = statistics.getTickerCount(TickerType.WAL_FILE_SYNCED);
      for (int i = 1; i <= 10; i++) {
        write(opened, append(GROUP, 1, i, i)).await();
      }
      assertThat(statistics.getTickerCount(TickerType.WAL_FILE_SYNCED) - before).isEqualTo(10);
      assertThat(opened.stats().syncs()).isEqualTo(10);
      write(opened, new LogWrite(GROUP, new HardState(1, 0, 5), null, List.of(), false)).await();
      assertThat(statistics.getTickerCount(TickerType.WAL_FILE_SYNCED) - before).isEqualTo(10);
      opened.abandon();
    }
  }

  @Test
  void oneSyncServesAllCallsAndGroupsThatWait() throws InterruptedException {
    RocksLogStore opened = open();
    opened.open(1);
    opened.open(2);
    CountDownLatch release = new CountDownLatch(1);
    disk().hang = release;
    List<Answer> answers = new ArrayList<>();
    answers.add(write(opened, append(1, 1, 1, 1)));
    disk().hanging.await();
    for (int i = 1; i <= 100; i++) {
      answers.add(write(opened, append(1, 1, i + 1, i + 1)));
      answers.add(write(opened, append(2, 1, i, i)));
    }
    disk().hang = null;
    release.countDown();
    answers.forEach(Answer::await);
    assertThat(opened.stats().syncs()).isEqualTo(2);
    assertThat(opened.stats().calls()).isEqualTo(201);
    assertThat(opened.stats().entries()).isEqualTo(201);
    assertThat(opened.stats().batchCalls().quantile(1)).isEqualTo(255);
  }

  @Test
  void aBatchIsBounded() throws InterruptedException {
    RocksLogStore opened =
        RocksLogStore.open(
            temporary.resolve("log"),
            LogStoreOptions.DEFAULTS.withMaxBatchBytes(10_000),
            table -> {
              FaultyTable faulty = new FaultyTable(table);
              disk = faulty;
              return faulty;
            },
            null);
    store = opened;
    opened.open(GROUP);
    CountDownLatch release = new CountDownLatch(1);
    disk().hang = release;
    List<Answer> answers = new ArrayList<>();
    answers.add(write(opened, append(GROUP, 1, 1, 1)));
    disk().hanging.await();
    for (int i = 2; i <= 11; i++) {
      Entry large = new Entry.Normal(1, i, new byte[4_000]);
      answers.add(write(opened, new LogWrite(GROUP, null, null, List.of(large), true)));
    }
    disk().hang = null;
    release.countDown();
    answers.forEach(Answer::await);
    assertThat(opened.stats().syncs()).isEqualTo(1 + 5);
  }

  @Test
  void afterAFailedSyncNothingIsEverAcknowledged() {
    RocksLogStore opened = open();
    GroupLog log = opened.open(GROUP);
    write(opened, append(GROUP, 1, 1, 1)).await();
    disk().failingSyncs.set(1);
    assertThat(write(opened, append(GROUP, 1, 2, 2)).awaitFailure()).hasMessageContaining("Input/output error");
    assertThat(write(opened, append(GROUP, 1, 3, 3)).awaitFailure()).hasMessageContaining("Input/output error");
    assertThat(log.lastIndex()).isZero();
  }

  @Test
  void afterAFailedAppendNothingIsEverAcknowledged() {
    RocksLogStore opened = open();
    opened.open(GROUP);
    disk().failingAppends.set(1);
    assertThat(write(opened, append(GROUP, 1, 1, 1)).awaitFailure()).isInstanceOf(StorageException.class);
    assertThat(write(opened, append(GROUP, 1, 2, 2)).awaitFailure()).isInstanceOf(StorageException.class);
    assertThat(opened.stats().syncs()).isZero();
  }

  @Test
  void whatWaitsBehindAFailureFailsToo() throws InterruptedException {
    RocksLogStore opened = open();
    opened.open(GROUP);
    CountDownLatch release = new CountDownLatch(1);
    disk().hang = release;
    disk().failingSyncs.set(1);
    List<Answer> answers = new ArrayList<>();
    answers.add(write(opened, append(GROUP, 1, 1, 1)));
    disk().hanging.await();
    for (int i = 2; i <= 20; i++) {
      answers.add(write(opened, append(GROUP, 1, i, i)));
    }
    disk().hang = null;
    release.countDown();
    for (Answer answer : answers) {
      assertThat(answer.awaitFailure()).hasMessageContaining("Input/output error");
    }
  }

  @Test
  void aReceiverThatThrowsStopsTheStore() {
    RocksLogStore opened = open();
    opened.open(GROUP);
    opened.write(
        List.of(append(GROUP, 1, 1, 1)),
        new LogStore.Completion() {
          @Override
          public void written() {
            throw new IllegalStateException("receiver is broken");
          }

          @Override
          public void failed(Throwable cause) {
            throw new AssertionError(cause);
          }
        });
    assertThat(write(opened, append(GROUP, 1, 2, 2)).awaitFailure()).hasMessageContaining("receiver is broken");
  }

  @Test
  void mayBeAbandonedFromAnAnswer() {
    RocksLogStore opened = open();
    opened.open(GROUP);
    Answer first = new Answer();
    opened.write(
        List.of(append(GROUP, 1, 1, 1)),
        new LogStore.Completion() {
          @Override
          public void written() {
            opened.abandon();
            first.written();
          }

          @Override
          public void failed(Throwable cause) {
            first.failed(cause);
          }
        });
    first.await();
    opened.abandon();
    assertThat(open().open(GROUP).lastIndex()).isEqualTo(1);
  }

  @Test
  void readersOfAKilledStoreGetAnExceptionAndTheDirectoryOpensAtOnce() throws Exception {
    try (ExecutorService readers = Executors.newFixedThreadPool(2)) {
      for (int round = 0; round < 5; round++) {
        RocksLogStore opened =
            RocksLogStore.open(temporary.resolve("log"), LogStoreOptions.DEFAULTS.withTailCacheBytes(0));
        store = opened;
        GroupLog log = opened.open(GROUP);
        if (log.lastIndex() == 0) {
          LogWrite write = append(GROUP, 1, 1, 500);
          write(opened, write).await();
          log.persisted(write);
        }
        CountDownLatch reading = new CountDownLatch(1);
        Future<?> reader =
            readers.submit(
                () -> {
                  while (true) {
                    assertThat(log.entries(1, 501, Long.MAX_VALUE)).hasSize(500);
                    reading.countDown();
                  }
                });
        reading.await();
        opened.abandon();
        assertThatThrownBy(reader::get)
            .isInstanceOf(ExecutionException.class)
            .cause()
            .isInstanceOfSatisfying(
                StorageException.class, e -> assertThat(e.kind()).isEqualTo(StorageException.Kind.CLOSED));
      }
    }
    assertThat(open().open(GROUP).entries(1, 501, Long.MAX_VALUE)).isEqualTo(entries(1, 1, 500));
  }

  @Test
  void aSecondStoreOnTheSameDirectoryIsRefused() {
    open();
    assertThatThrownBy(() -> RocksLogStore.open(temporary.resolve("log"), LogStoreOptions.DEFAULTS))
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(StorageException.Kind.LOCKED));
  }

  @Test
  void aLogThatIsCompactedAsItGrowsStaysSmall() throws IOException {
    Path directory = temporary.resolve("log");
    RocksLogStore opened =
        RocksLogStore.open(
            directory, LogStoreOptions.DEFAULTS.withWriteBufferBytes(1 << 20).withMaxWalBytes(4 << 20));
    store = opened;
    GroupLog log = opened.open(GROUP);
    long last = 0;
    for (int round = 0; round < 300; round++) {
      List<Entry> entries = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        entries.add(new Entry.Normal(1, ++last, new byte[256]));
      }
      LogWrite write = new LogWrite(GROUP, new HardState(1, 0, 0), null, entries, true);
      write(opened, write).await();
      log.persisted(write);
      opened.compact(GROUP, last - 200);
    }
    assertThat(log.entries(last - 199, last + 1, Long.MAX_VALUE)).hasSize(200);
    opened.close();
    // 40 MiB were written; what is left is the bounded write-ahead log and a few young tables.
    long bytes = 0;
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    assertThat(bytes).isLessThan(16L << 20);
    assertThat(open().open(GROUP).firstIndex()).isEqualTo(last - 199);
  }
}
