package io.raftoral.storage.rocksdb;

import static io.raftoral.storage.LogWrites.append;
import static io.raftoral.storage.LogWrites.snapshot;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.raft.driver.GroupLog;
import io.raftoral.raft.driver.LogWrite;
import io.raftoral.raft.message.HardState;
import io.raftoral.storage.Answer;
import io.raftoral.storage.DataDirectory;
import io.raftoral.storage.Identity;
import io.raftoral.storage.StateStore.Batch;
import io.raftoral.storage.StorageException;
import io.raftoral.storage.log.LogReport;
import io.raftoral.storage.table.Family;
import io.raftoral.storage.table.RawBatch;
import io.raftoral.storage.table.StateFormat;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectorTest {
  private static final Identity N1 = new Identity("shop", "n1", 1, new TreeMap<>(Map.of("n1", 1L)));

  @TempDir private Path temporary;
  private Path directory;

  @BeforeEach
  void chooseDirectory() {
    directory = temporary.resolve("data");
  }

  private static void write(RocksLogStore store, GroupLog log, LogWrite write) {
    Answer answer = new Answer();
    store.write(List.of(write), answer);
    answer.await();
    log.persisted(write);
  }

  private static Map<String, Long> files(Path directory) throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        sizes.put(directory.relativize(file).toString(), Files.size(file));
      }
    }
    return sizes;
  }

  @Test
  void showsWhatARunningNodeHasOnDiskAndTouchesNothing() throws IOException {
    try (DataDirectory data = DataDirectory.open(directory, N1);
        RocksLogStore store = RocksLogStore.open(data.logPath(), LogStoreOptions.DEFAULTS);
        RocksStateStore state = RocksStateStore.open(data.statePath(), StateStoreOptions.DEFAULTS)) {
      GroupLog one = store.open(1);
      GroupLog seven = store.open(7);
      write(store, one, append(1, 2, 1, 10));
      store.compact(1, 4);
      write(store, one, new LogWrite(1, new HardState(3, 2, 9), null, List.of(), true));
      write(store, seven, snapshot(7, 50, 6, List.of()));
      Batch batch = state.newBatch();
      batch.put("applied".getBytes(UTF_8), "9".getBytes(UTF_8));
      state.write(batch);
      state.flush();
      Map<String, Long> before = files(directory);
      try (Inspector inspector = Inspector.open(directory)) {
        assertThat(inspector.identity()).isEqualTo(N1);
        assertThat(inspector.groups()).containsExactly(1L, 7L);
        LogReport report = inspector.group(1);
        assertThat(report.hardState()).isEqualTo(new HardState(3, 2, 9));
        assertThat(List.of(report.firstIndex(), report.lastIndex(), report.lastTerm())).containsExactly(5L, 10L, 2L);
        assertThat(report.bytes()).isPositive();
        assertThat(inspector.group(7).snapshot().index()).isEqualTo(50);
        assertThat(inspector.group(7).lastTerm()).isEqualTo(6);
        assertThat(inspector.state().get("applied".getBytes(UTF_8))).isEqualTo("9".getBytes(UTF_8));
        List<String> keys = new ArrayList<>();
        inspector.state().scan(new byte[0], new byte[] {'z'}, (key, value) -> keys.add(new String(key, UTF_8)));
        assertThat(keys).containsExactly("applied");
      }
      assertThat(files(directory)).isEqualTo(before);
    }
  }

  @Test
  void verifiesEveryRecordAndReportsProgress() {
    try (DataDirectory data = DataDirectory.open(directory, N1);
        RocksLogStore store = RocksLogStore.open(data.logPath(), LogStoreOptions.DEFAULTS);
        RocksStateStore state = RocksStateStore.open(data.statePath(), StateStoreOptions.DEFAULTS)) {
      write(store, store.open(1), append(1, 1, 1, 25_000));
      state.flush();
    }
    List<String> progress = new ArrayList<>();
    try (Inspector inspector = Inspector.open(directory)) {
      inspector.verify((what, done) -> progress.add(what + " " + done));
    }
    assertThat(progress)
        .containsExactly(
            "log of group 1: entries 10000",
            "log of group 1: entries 20000",
            "log of group 1: entries 25000",
            "log: table files 1",
            "state: table files 1", "state: records 0");
  }

  @Test
  void findsAFlippedBitInATableFileOfTheState() throws IOException {
    DataDirectory.open(directory, N1).close();
    RocksLogStore.open(directory.resolve("log"), LogStoreOptions.DEFAULTS).close();
    RocksTable table =
        RocksTable.open(
            Files.createDirectories(directory.resolve("state")),
            "state",
            RocksTuning.forState(StateStoreOptions.DEFAULTS),
            RocksTable.Mode.CREATE);
    RawBatch batch = new RawBatch();
    for (int i = 0; i < 1_000; i++) {
      batch.put(Family.STATE, ("key " + i).getBytes(UTF_8), new byte[100]);
    }
    table.append(batch);
    table.flushTables(Family.STATE);
    StateFormat.stamp(table);
    table.close();
    Path sst;
    try (Stream<Path> files = Files.list(directory.resolve("state"))) {
      sst =
          files
              .filter(file -> file.toString().endsWith(".sst"))
              .max(Comparator.comparingLong(file -> file.toFile().length()))
              .orElseThrow();
    }
    try (RandomAccessFile file = new RandomAccessFile(sst.toFile(), "rw")) {
      file.seek(5_000);
      int there = file.read();
      file.seek(5_000);
      file.write(there ^ 0x10);
    }
    try (Inspector inspector = Inspector.open(directory)) {
      assertThatThrownBy(() -> inspector.verify((what, done) -> {}))
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.kind()).isEqualTo(StorageException.Kind.DAMAGED))
          .hasMessageContaining("state store");
    }
  }

  @Test
  void refusesADirectoryThatIsNotANodes() throws IOException {
    Files.createDirectories(directory);
    assertThatThrownBy(() -> Inspector.open(directory)).isInstanceOf(StorageException.class);
    assertThatThrownBy(() -> Inspector.open(directory.resolve("nowhere"))).isInstanceOf(StorageException.class);
    DataDirectory.open(directory, N1).close();
    assertThatThrownBy(() -> Inspector.open(directory))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("log");
  }
}
