package io.raftoral.storage.rocksdb;

import static io.raftoral.storage.LogWrites.GROUP;
import static io.raftoral.storage.LogWrites.append;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.raft.driver.GroupLog;
import io.raftoral.raft.driver.LogWrite;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.storage.Answer;
import io.raftoral.storage.StateStore.Batch;
import io.raftoral.storage.StorageException;
import io.raftoral.storage.StorageException.Kind;
import io.raftoral.storage.table.Family;
import io.raftoral.storage.table.RawBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real RocksDB files with flipped bits, cut ends and missing files: each is noticed, or what was acknowledged is read as
 * it was. Nothing is silently wrong.
 *
 * <p>{@code -Draftoral.storage.flips=N} sets how many bits are flipped per file.
 */
class DamagedFilesTest {
  private static final int FLIPS_PER_FILE = Integer.getInteger("raftoral.storage.flips", 4);

  /** Small tables, so that there are table files as well as a write-ahead log. */
  private static final LogStoreOptions LOG_OPTIONS =
      LogStoreOptions.DEFAULTS.withWriteBufferBytes(64 << 10).withMaxWalBytes(1 << 20);

  private static final StateStoreOptions STATE_OPTIONS =
      StateStoreOptions.DEFAULTS.withWriteBufferBytes(64 << 10);

  @TempDir private Path temporary;

  /** What was acknowledged. */
  private record Image(HardState hardState, List<Entry> entries) {}

  private Path writeLog() {
    Path directory = temporary.resolve("whole/log");
    RocksLogStore store = RocksLogStore.open(directory, LOG_OPTIONS);
    GroupLog log = store.open(GROUP);
    for (int i = 0; i < 30; i++) {
      LogWrite write = append(GROUP, 1 + i / 10, 1 + 50L * i, 50 + 50L * i);
      Answer answer = new Answer();
      store.write(List.of(write), answer);
      answer.await();
      log.persisted(write);
    }
    store.compact(GROUP, 300);
    LogWrite vote = new LogWrite(GROUP, new HardState(4, 2, 1_400), null, List.of(), true);
    Answer answer = new Answer();
    store.write(List.of(vote), answer);
    answer.await();
    store.abandon();
    return directory;
  }

  private Image readLog(Path directory) {
    RocksLogStore store = RocksLogStore.open(directory, LOG_OPTIONS.withTailCacheBytes(0));
    try {
      GroupLog log = store.open(GROUP);
      return new Image(log.hardState(), log.entries(log.firstIndex(), log.lastIndex() + 1, Long.MAX_VALUE));
    } finally {
      store.abandon();
    }
  }

  private static List<Path> files(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> !file.getFileName().toString().startsWith("LOG")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path copy(Path directory) throws IOException {
    Path parent = Files.createTempDirectory(temporary, "copy");
    Path copy = Files.createDirectory(parent.resolve(directory.getFileName()));
    for (Path file : files(directory)) {
      Files.copy(file, copy.resolve(file.getFileName()));
    }
    String marker = directory.getFileName() + ".created";
    Files.copy(directory.resolveSibling(marker), parent.resolve(marker));
    String newestWal = directory.getFileName() + ".wal";
    if (Files.exists(directory.resolveSibling(newestWal))) {
      Files.copy(directory.resolveSibling(newestWal), parent.resolve(newestWal));
    }
    return copy;
  }

  private static void flip(Path file, Random random) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length > 0) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, bytes);
    }
  }

  @Test
  void aFlippedBitInTheLogIsNoticedOrHarmless() throws IOException {
    Path whole = writeLog();
    Image expected = readLog(copy(whole));
    assertThat(expected.entries()).hasSize(1_200);
    assertThat(expected.hardState()).isEqualTo(new HardState(4, 2, 1_400));
    Random random = new Random(7);
    Map<String, Integer> outcomes = new TreeMap<>();
    for (Path file : files(whole)) {
      for (int i = 0; i < FLIPS_PER_FILE; i++) {
        Path damaged = copy(whole);
        flip(damaged.resolve(file.getFileName()), random);
        String outcome;
        try {
          assertThat(readLog(damaged)).as("after a flip in " + file.getFileName()).isEqualTo(expected);
          outcome = "harmless";
        } catch (StorageException e) {
          assertThat(e).hasMessageContaining(damaged.toString());
          outcome = e.kind().toString();
        }
        outcomes.merge(kindOf(file) + " " + outcome, 1, Integer::sum);
      }
    }
    System.out.println("flips in the log: " + outcomes);
    assertThat(outcomes).containsKeys("log DAMAGED", "sst DAMAGED");
  }

  private static String kindOf(Path file) {
    String name = file.getFileName().toString();
    int dot = name.indexOf('.');
    return dot >= 0 ? name.substring(dot + 1) : name.replaceAll("-.*", "");
  }

  @Test
  void aLogThatIsCutOffInAnUnacknowledgedRecordOpensWithoutIt() throws IOException {
    Path whole = writeLog();
    Image expected = readLog(copy(whole));
    // The last record is written again, further down, as if the power had failed before the sync ended.
    Path torn = copy(whole);
    RocksLogStore store = RocksLogStore.open(torn, LOG_OPTIONS);
    GroupLog log = store.open(GROUP);
    Path wal = newestWal(torn);
    long before = Files.size(wal);
    Answer answer = new Answer();
    store.write(List.of(append(GROUP, 4, log.lastIndex() + 1, log.lastIndex() + 20)), answer);
    answer.await();
    store.abandon();
    byte[] bytes = Files.readAllBytes(wal);
    assertThat(bytes.length).isGreaterThan((int) before);
    for (int length = (int) before; length < bytes.length; length += 173) {
      Path cut = copy(torn);
      Files.write(cut.resolve(wal.getFileName()), Arrays.copyOf(bytes, length));
      assertThat(readLog(cut)).isEqualTo(expected);
    }
  }

  private static Path newestWal(Path directory) {
    return files(directory).stream().filter(file -> file.toString().endsWith(".log")).toList().getLast();
  }

  @Test
  void everyMissingFileOfTheLogIsNoticedOrHarmless() throws IOException {
    Path whole = writeLog();
    Image expected = readLog(copy(whole));
    Map<String, Integer> outcomes = new TreeMap<>();
    for (Path file : files(whole)) {
      Path damaged = copy(whole);
      Files.delete(damaged.resolve(file.getFileName()));
      String outcome;
      try {
        assertThat(readLog(damaged)).as("without " + file.getFileName()).isEqualTo(expected);
        outcome = "harmless";
      } catch (StorageException e) {
        assertThat(e.kind()).isEqualTo(Kind.DAMAGED);
        outcome = "DAMAGED";
      }
      outcomes.merge(kindOf(file) + " " + outcome, 1, Integer::sum);
    }
    System.out.println("missing files of the log: " + outcomes);
    assertThat(outcomes).containsKeys("CURRENT DAMAGED", "MANIFEST DAMAGED", "sst DAMAGED", "log DAMAGED");
  }

  @Test
  void aMissingNewestWriteAheadLogIsNoticedEvenIfThereIsAnOlderOne() throws IOException {
    Path damaged = copy(writeLog());
    Path newest = newestWal(damaged);
    long number = Long.parseLong(newest.getFileName().toString().replace(".log", ""));
    Files.move(newest, damaged.resolve(String.format("%06d.log", number - 1)));
    assertThatThrownBy(() -> RocksLogStore.open(damaged, LOG_OPTIONS))
        .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED))
        .hasMessageContaining(newest.getFileName().toString())
        .hasMessageContaining("missing");
  }

  @Test
  void aLogStoreThatIsGoneIsNotTakenForANewOne() throws IOException {
    Path copy = copy(writeLog());
    for (Path file : files(copy)) {
      Files.delete(file);
    }
    assertThatThrownBy(() -> RocksLogStore.open(copy, LOG_OPTIONS))
        .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED))
        .hasMessageContaining("CURRENT");
    Files.delete(copy);
    assertThatThrownBy(() -> RocksLogStore.open(copy, LOG_OPTIONS))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("directory " + copy);
  }

  private Path writeState(List<byte[]> values) {
    Path whole = temporary.resolve("whole/state");
    RocksStateStore store = RocksStateStore.open(whole, STATE_OPTIONS);
    Random content = new Random(11);
    for (int i = 0; i < 400; i++) {
      byte[] value = new byte[1_000];
      content.nextBytes(value);
      values.add(value);
      Batch batch = store.newBatch();
      batch.put(key(i), value);
      batch.put("applied".getBytes(UTF_8), key(i));
      store.write(batch);
    }
    store.flush();
    store.abandon();
    return whole;
  }

  @Test
  void everyMissingFileOfTheStateIsNoticedOrHarmless() throws IOException {
    List<byte[]> values = new ArrayList<>();
    Path whole = writeState(values);
    for (Path file : files(whole)) {
      Path damaged = copy(whole);
      Files.delete(damaged.resolve(file.getFileName()));
      try {
        assertThat(checkPrefix(damaged, values)).as("without " + file.getFileName()).isEqualTo(values.size());
        assertThat(kindOf(file)).isNotIn("CURRENT", "MANIFEST", "sst");
      } catch (StorageException e) {
        assertThat(e.kind()).isEqualTo(Kind.DAMAGED);
      }
    }
  }

  @Test
  void aFlippedBitInTheStateIsNoticedOrHarmless() throws IOException {
    List<byte[]> values = new ArrayList<>();
    Path whole = writeState(values);
    Random random = new Random(13);
    Map<String, Integer> outcomes = new TreeMap<>();
    for (Path file : files(whole)) {
      for (int i = 0; i < FLIPS_PER_FILE; i++) {
        Path damaged = copy(whole);
        flip(damaged.resolve(file.getFileName()), random);
        String outcome;
        try {
          assertThat(checkPrefix(damaged, values)).as("after a flip in " + file).isEqualTo(values.size());
          outcome = "harmless";
        } catch (StorageException e) {
          assertThat(e).hasMessageContaining(damaged.toString());
          outcome = e.kind().toString();
        }
        outcomes.merge(kindOf(file) + " " + outcome, 1, Integer::sum);
      }
    }
    System.out.println("flips in the state: " + outcomes);
    assertThat(outcomes).containsKeys("sst DAMAGED", "MANIFEST DAMAGED");
  }

  @Test
  void aStateThatLosesWhatWasNotFlushedOpensAtAPrefixThatHoldsWhatWas() throws IOException {
    Path whole = temporary.resolve("whole/state");
    List<byte[]> values = new ArrayList<>();
    for (int flushed = 0; flushed < 60; flushed += 20) {
      RocksStateStore store = RocksStateStore.open(whole, STATE_OPTIONS);
      values.subList(flushed, values.size()).clear();
      for (int i = flushed; i < flushed + 40; i++) {
        byte[] value = ("value " + i).repeat(20).getBytes(UTF_8);
        values.add(value);
        Batch batch = store.newBatch();
        batch.put(key(i), value);
        batch.put("applied".getBytes(UTF_8), key(i));
        store.write(batch);
        if (i == flushed + 19) {
          store.flush();
        }
      }
      store.abandon();
      assertThat(checkPrefix(whole, values)).isEqualTo(flushed + 20);
    }
  }

  private static byte[] key(int i) {
    return String.format("key %06d", i).getBytes(UTF_8);
  }

  /** The state must be what it was after some number of batches, which its applied index tells. */
  private static int checkPrefix(Path directory, List<byte[]> values) {
    RocksStateStore store = RocksStateStore.open(directory, STATE_OPTIONS);
    try {
      byte @Nullable [] applied = store.get("applied".getBytes(UTF_8));
      int count = applied == null ? 0 : Integer.parseInt(new String(applied, UTF_8).substring(4)) + 1;
      List<byte[]> seen = new ArrayList<>();
      store.scan(
          key(0),
          key(999_999),
          (key, value) -> {
            assertThat(key).isEqualTo(key(seen.size()));
            return seen.add(value);
          });
      assertThat(seen).hasSize(count);
      for (int i = 0; i < count; i++) {
        assertThat(seen.get(i)).isEqualTo(values.get(i));
        assertThat(store.get(key(i))).isEqualTo(values.get(i));
      }
      return count;
    } finally {
      store.abandon();
    }
  }

  @Test
  void aRecordThatIsMissingFromTheLogIsNoticedWhereverItWas() throws IOException {
    Path whole = writeLog();
    for (long index : new long[] {301, 777, 1_400}) {
      Path damaged = copy(whole);
      RocksTable table =
          RocksTable.open(damaged, "log", RocksTuning.forLog(LOG_OPTIONS, null), RocksTable.Mode.EXISTING);
      RawBatch batch = new RawBatch();
      batch.delete(Family.LOG, ByteBuffer.allocate(16).putLong(GROUP).putLong(index).array());
      table.append(batch);
      table.sync();
      table.close();
      assertThatThrownBy(() -> readLog(damaged))
          .isInstanceOfSatisfying(StorageException.class, e -> assertThat(e.kind()).isEqualTo(Kind.DAMAGED))
          .hasMessageContaining("entries " + index + " to " + index + " of group 1 are missing");
    }
  }
}
