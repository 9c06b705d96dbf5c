package io.raftoral.storage.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.storage.StateStore;
import io.raftoral.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The replacement of a range, cut short at each of its steps: the store opens with the old content or with the new. */
class ReplacementCrashTest {
  private static final byte[] FROM = {1};
  private static final byte[] TO = {2};
  private static final int KEYS = 2000;

  @TempDir private Path temporary;
  private Path state;

  @BeforeEach
  void fillStore() {
    state = temporary.resolve("state");
    try (RocksStateStore store = open()) {
      StateStore.Batch batch = store.newBatch();
      for (int i = 0; i < KEYS; i++) {
        batch.put(key(i), "old".getBytes(UTF_8));
      }
      batch.put(new byte[] {0}, "outside".getBytes(UTF_8));
      batch.put(new byte[] {3}, "outside".getBytes(UTF_8));
      store.write(batch);
    }
  }

  private RocksStateStore open() {
    return RocksStateStore.open(state, StateStoreOptions.DEFAULTS);
  }

  private static byte[] key(int i) {
    return new byte[] {1, (byte) (i >>> 8), (byte) i};
  }

  /** New content for every second key, and for some that were not there. */
  private static FileReplacement gather(RocksStateStore store) {
    FileReplacement replacement = (FileReplacement) store.replace(FROM, TO);
    for (int i = 0; i < KEYS + 10; i += 2) {
      replacement.put(key(i), "new".getBytes(UTF_8));
    }
    return replacement;
  }

  private void assertHolds(String content, int count) {
    try (RocksStateStore store = open()) {
      assertHolds(store, content, count);
    }
    assertThat(temporary.resolve("state.incoming")).isEmptyDirectory();
  }

  private static void assertHolds(RocksStateStore store, String content, int count) {
    TreeMap<String, Integer> seen = new TreeMap<>();
    store.scan(FROM, TO, (key, value) -> seen.merge(new String(value, UTF_8), 1, Integer::sum) > 0);
    assertThat(seen).containsExactly(Map.entry(content, count));
    assertThat(store.get(new byte[] {0})).isEqualTo("outside".getBytes(UTF_8));
    assertThat(store.get(new byte[] {3})).isEqualTo("outside".getBytes(UTF_8));
  }

  private Path incoming() {
    return temporary.resolve("state.incoming/01");
  }

  @Test
  void beforeItIsDecidedTheOldContentStays() {
    RocksStateStore store = open();
    gather(store);
    store.abandon();
    assertThat(incoming().resolve("000001.sst")).exists();
    assertHolds("old", KEYS);
  }

  @Test
  void onceItIsDecidedTheNewContentCounts() throws IOException {
    RocksStateStore store = open();
    FileReplacement replacement = gather(store);
    replacement.complete();
    store.abandon();
    assertThat(incoming().resolve("install")).exists();
    assertHolds("new", KEYS / 2 + 5);
  }

  @Test
  void anInstallationThatWasDoneAndNotTidiedUpIsDoneAgain() throws IOException {
    RocksStateStore store = open();
    FileReplacement replacement = gather(store);
    IncomingRange range = replacement.complete();
    store.table().replaceRange(FROM, TO, range.links());
    assertHolds(store, "new", KEYS / 2 + 5);
    store.abandon();
    assertHolds("new", KEYS / 2 + 5);
  }

  @Test
  void anInstallationThatWasHalfDoneIsFinished() throws IOException {
    RocksStateStore store = open();
    FileReplacement replacement = gather(store);
    replacement.complete();
    // The old content is gone, the new one is not there.
    store.table().replaceRange(FROM, TO, List.of());
    store.abandon();
    assertHolds("new", KEYS / 2 + 5);
  }

  @Test
  void contentThatChangedAfterItWasWrittenIsNotInstalled() throws IOException {
    RocksStateStore store = open();
    FileReplacement replacement = gather(store);
    replacement.finishFile();
    Path file = incoming().resolve("000001.sst");
    byte[] bytes = Files.readAllBytes(file);
    bytes[100] ^= 4;
    Files.write(file, bytes);
    assertThatThrownBy(replacement::install)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("state.incoming")
        .extracting(e -> ((StorageException) e).kind())
        .isEqualTo(StorageException.Kind.DAMAGED);
    assertHolds(store, "old", KEYS);
    store.abandon();
    assertHolds("old", KEYS);
  }

  @Test
  void aNoteThatIsDamagedKeepsTheStoreFromOpening() throws IOException {
    RocksStateStore store = open();
    gather(store).complete();
    store.abandon();
    Path note = incoming().resolve("install");
    Files.writeString(note, Files.readString(note).replaceFirst("to 02", "to 03"));
    assertThatThrownBy(this::open)
        .isInstanceOf(StorageException.class)
        .hasMessageContaining(note.toString())
        .hasMessageContaining("checksum");
    Files.delete(incoming().resolve("000001.sst"));
    Files.writeString(note, Files.readString(note).replaceFirst("to 03", "to 02"));
    assertThatThrownBy(this::open).hasMessageContaining("000001.sst").hasMessageContaining("missing");
  }
}
