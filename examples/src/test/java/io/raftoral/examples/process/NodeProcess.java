package io.raftoral.examples.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.examples.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A node in a JVM of its own, started as {@code raftoral node} would be. */
final class NodeProcess implements AutoCloseable {
  private static final Duration READY_PATIENCE = Duration.ofSeconds(30);

  private final String name;
  private final Path log;
  private final Process process;

  private NodeProcess(String name, Path log, Process process) {
    this.name = name;
    this.log = log;
    this.process = process;
  }

  /** Starts a node; it need not be ready yet. */
  static NodeProcess start(String name, Path directory, String address, String peers, String... options)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx256m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "node"));
    command.addAll(List.of("--id", name, "--listen", address, "--peers", peers, "--insecure"));
    command.addAll(List.of("--data", directory.resolve(name).toString()));
    command.addAll(List.of(options));
    Path log = Files.createTempFile(directory, name + "-", ".log");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    return new NodeProcess(name, log, builder.start());
  }

  /** Waits for the one line that says so. */
  NodeProcess awaitReady() {
    Awaitility.await(name + " is ready")
        .atMost(READY_PATIENCE)
        .until(() -> output().contains(name + " is ready: ") || !process.isAlive());
    assertThat(process.isAlive())
        .as(() -> name + " runs; it ended with " + process.exitValue() + " and said: " + output())
        .isTrue();
    return this;
  }

  /** {@code kill -9}. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }

  /** {@code SIGTERM}; returns the exit code. */
  int terminate() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).as("%s ends; it said: %s", name, output()).isTrue();
    return process.exitValue();
  }

  /** Waits for the end; returns the exit code. */
  int awaitExit() throws InterruptedException {
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("%s ends; it said: %s", name, output()).isTrue();
    return process.exitValue();
  }

  String output() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
