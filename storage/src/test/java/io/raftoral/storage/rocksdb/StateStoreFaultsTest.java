package io.raftoral.storage.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.raftoral.storage.StateStore.Batch;
import io.raftoral.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the state store on RocksDB does when the disk fails, is full, or the store is killed under its readers. */
class StateStoreFaultsTest {
  @TempDir private Path temporary;

  private static void put(RocksStateStore store, String key, byte[] value) {
    Batch batch = store.newBatch();
    batch.put(key.getBytes(UTF_8), value);
    store.write(batch);
  }

  @Test
  void afterAFailedFlushNothingMoreIsTaken() {
    List<FaultyTable> disks = new ArrayList<>();
    RocksStateStore store =
        RocksStateStore.open(
            temporary.resolve("state"),
            StateStoreOptions.DEFAULTS,
            table -> {
              disks.add(new FaultyTable(table));
              return disks.getFirst();
            });
    put(store, "a", new byte[1]);
    disks.getFirst().failingSyncs.set(1);
    assertThatThrownBy(store::flush).hasMessageContaining("Input/output error");
    assertThatThrownBy(store::flush).hasMessageContaining("takes nothing more");
    assertThatThrownBy(() -> put(store, "b", new byte[1])).hasMessageContaining("takes nothing more");
    assertThatThrownBy(store::close).isInstanceOf(StorageException.class);
    RocksStateStore again = RocksStateStore.open(temporary.resolve("state"), StateStoreOptions.DEFAULTS);
    assertThat(again.get("b".getBytes(UTF_8))).isNull();
    again.close();
  }

  @Test
  void readersOfAKilledStoreGetAnException() throws Exception {
    RocksStateStore store = RocksStateStore.open(temporary.resolve("state"), StateStoreOptions.DEFAULTS);
    for (int i = 0; i < 1_000; i++) {
      put(store, "key " + i, new byte[100]);
    }
    try (ExecutorService readers = Executors.newFixedThreadPool(3)) {
      CountDownLatch reading = new CountDownLatch(3);
      List<Future<?>> results = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        results.add(
            readers.submit(
                () -> {
                  while (true) {
                    store.scan(new byte[0], new byte[] {'z'}, (key, value) -> store.get(key) != null);
                    reading.countDown();
                  }
                }));
      }
      reading.await();
      store.abandon();
      for (Future<?> result : results) {
        assertThatThrownBy(result::get)
            .isInstanceOf(ExecutionException.class)
            .cause()
            .isInstanceOfSatisfying(
                StorageException.class, e -> assertThat(e.kind()).isEqualTo(StorageException.Kind.CLOSED));
      }
    }
  }

  @Test
  void cannotBeClosedByAVisitorThatWalksOverIt() {
    RocksStateStore store = RocksStateStore.open(temporary.resolve("state"), StateStoreOptions.DEFAULTS);
    put(store, "a", new byte[1]);
    assertThatThrownBy(
            () ->
                store.scan(
                    new byte[0],
                    new byte[] {'z'},
                    (key, value) -> {
                      store.abandon();
                      return true;
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("visitor");
    store.abandon();
  }

  /**
   * Fills a real disk. {@code -Draftoral.storage.smallDisk=DIR} names a directory on a small file system of its own, such
   * as a tmpfs of 8 MiB; without it this test is skipped.
   */
  @Test
  void aFullDiskIsReportedAndWhatWasFlushedIsThereOnceThereIsSpace() throws IOException {
    String small = System.getProperty("raftoral.storage.smallDisk");
    assumeTrue(small != null, "no small disk was given");
    Path directory = Files.createTempDirectory(Path.of(small), "full").resolve("state");
    StateStoreOptions options =
        StateStoreOptions.DEFAULTS.withWriteBufferBytes(256 << 10);
    RocksStateStore store = RocksStateStore.open(directory, options);
    Random random = new Random(1);
    int[] flushed = new int[1];
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100_000; i++) {
                byte[] value = new byte[4_000];
                random.nextBytes(value);
                put(store, String.format("%06d", i), value);
                store.flush();
                flushed[0] = i;
              }
            })
        .isInstanceOfSatisfying(
            StorageException.class, e -> assertThat(e.kind()).isEqualTo(StorageException.Kind.FULL))
        .hasMessageContaining("free some space");
    store.abandon();
    Path ballast = Path.of(small).resolve("ballast");
    Files.deleteIfExists(ballast);
    RocksStateStore again = RocksStateStore.open(directory, options);
    List<String> keys = new ArrayList<>();
    again.scan(new byte[0], new byte[] {'z'}, (key, value) -> keys.add(new String(key, UTF_8)));
    again.abandon();
    assertThat(keys).hasSizeGreaterThan(flushed[0]).contains(String.format("%06d", flushed[0]));
  }
}
