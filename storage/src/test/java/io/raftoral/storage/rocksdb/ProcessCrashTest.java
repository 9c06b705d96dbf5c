package io.raftoral.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.raft.driver.GroupLog;
import io.raftoral.storage.DataDirectory;
import io.raftoral.storage.LogModel;
import io.raftoral.storage.StorageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills real processes with SIGKILL while they write, and compares what is left with what they had acknowledged.
 *
 * <p>{@code -Draftoral.storage.kills=N} sets how often; {@code -Draftoral.storage.seed=N} what they write and when they
 * die. A kill loses nothing that the process gave to the operating system; what a power cut does is for {@link
 * DamagedFilesTest}, which cuts the files where they were not synced.
 */
class ProcessCrashTest {
  private static final int KILLS = Integer.getInteger("raftoral.storage.kills", 24);
  private static final long SEED = Long.getLong("raftoral.storage.seed", 1);
  private static final int MAX_ACKNOWLEDGEMENTS_BEFORE_KILL = 400;

  @TempDir private Path temporary;

  private final Random random = new Random(SEED);
  private long acknowledged;
  private long flushed;

  @Test
  void whatWasAcknowledgedSurvivesEveryKill() throws Exception {
    Path directory = temporary.resolve("data");
    LogModel survived = new LogModel(1, SEED);
    long batches = 0;
    int operationsAtRisk = 0;
    for (int kill = 1; kill <= KILLS; kill++) {
      acknowledged = survived.operations();
      flushed = batches;
      killOne(directory, survived.operations(), batches);
      String when = "seed " + SEED + ", kill " + kill + ", acknowledged " + acknowledged;
      try (DataDirectory data = DataDirectory.open(directory, CrashWriter.IDENTITY)) {
        survived = checkLog(data, when);
        batches = checkState(data, when);
      }
      operationsAtRisk += (int) (survived.operations() - acknowledged);
    }
    System.out.println(
        KILLS + " kills: " + survived.operations() + " log operations, " + batches + " state batches; "
            + operationsAtRisk + " operations were on disk but not yet acknowledged when the process died");
    assertThat(survived.operations()).isGreaterThan(KILLS);
  }

  @Test
  void aSecondProcessIsRefusedWhileTheFirstRuns() throws Exception {
    Path directory = temporary.resolve("data");
    Process first = start(directory, 0, 0);
    try (BufferedReader lines = lines(first)) {
      assertThat(lines.readLine()).startsWith("A ");
      assertThatThrownBy(() -> DataDirectory.open(directory, CrashWriter.IDENTITY))
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.kind()).isEqualTo(StorageException.Kind.LOCKED))
          .hasMessageContaining("another process");
      assertThatThrownBy(() -> RocksLogStore.open(directory.resolve("log"), CrashWriter.LOG_OPTIONS))
          .isInstanceOfSatisfying(
              StorageException.class, e -> assertThat(e.kind()).isEqualTo(StorageException.Kind.LOCKED));
    } finally {
      kill(first);
    }
    DataDirectory.open(directory, CrashWriter.IDENTITY).close();
  }

  private void killOne(Path directory, long operations, long batches) throws IOException, InterruptedException {
    Process process = start(directory, operations, batches);
    try (BufferedReader lines = lines(process)) {
      for (int left = 1 + random.nextInt(MAX_ACKNOWLEDGEMENTS_BEFORE_KILL); left > 0; left--) {
        String line = lines.readLine();
        assertThat(line).as("the process died by itself").isNotNull();
        note(line);
      }
      kill(process);
      // What it had said before it died is still in the pipe; a last line may be cut off.
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        note(line);
      }
    } finally {
      kill(process);
    }
  }

  private void note(@Nullable String line) {
    if (line == null || line.length() < 3 || line.charAt(1) != ' ') {
      return;
    }
    long number = Long.parseLong(line.substring(2));
    // Numbers grow, so a number whose last digits were cut off is smaller and changes nothing.
    if (line.startsWith("A")) {
      acknowledged = Math.max(acknowledged, number);
    } else {
      flushed = Math.max(flushed, number);
    }
  }

  private LogModel checkLog(DataDirectory data, String when) {
    RocksLogStore store = RocksLogStore.open(data.logPath(), CrashWriter.LOG_OPTIONS);
    try {
      GroupLog log = store.open(1);
      LogModel model = new LogModel(1, SEED);
      while (model.operations() < acknowledged) {
        model.next();
      }
      // Operations without a sync of their own may lie between two acknowledged ones.
      long limit = acknowledged + 4L * CrashWriter.MAX_OUTSTANDING;
      while (!model.matches(log) && model.operations() < limit) {
        model.next();
      }
      assertThat(model.matches(log)).as("%s: log ends at %d with %s", when, log.lastIndex(), log.hardState()).isTrue();
      return model;
    } finally {
      store.abandon();
    }
  }

  private long checkState(DataDirectory data, String when) {
    RocksStateStore state = RocksStateStore.open(data.statePath(), CrashWriter.STATE_OPTIONS);
    try {
      byte[] stored = state.get(CrashWriter.APPLIED);
      long applied = stored == null ? 0 : ByteBuffer.wrap(stored).getLong();
      assertThat(applied).as(when).isGreaterThanOrEqualTo(flushed);
      long[] expected = {Math.max(1, applied - 499)};
      state.scan(
          CrashWriter.key(0),
          CrashWriter.key(Long.MAX_VALUE),
          (key, value) -> {
            assertThat(key).as(when).isEqualTo(CrashWriter.key(expected[0]));
            assertThat(value).as(when).isEqualTo(CrashWriter.value(expected[0]));
            expected[0]++;
            return true;
          });
      assertThat(expected[0]).as(when).isEqualTo(applied + 1);
      return applied;
    } finally {
      state.abandon();
    }
  }

  private static Process start(Path directory, long operations, long batches) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            CrashWriter.class.getName(),
            directory.toString(),
            Long.toString(SEED),
            Long.toString(operations),
            Long.toString(batches))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static BufferedReader lines(Process process) {
    return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
  }

  private static void kill(Process process) throws InterruptedException {
    // Through the handle, which leaves the pipe open: what the process had said is still in it.
    process.toHandle().destroyForcibly();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }
}
