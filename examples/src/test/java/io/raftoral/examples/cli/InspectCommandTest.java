package io.raftoral.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.examples.RaftoralCli;
import io.raftoral.examples.samples.SampleWorkflows;
import io.raftoral.examples.service.MemoryLedger;
import io.raftoral.examples.text.Screen;
import io.raftoral.workflow.NodeBuilder;
import io.raftoral.workflow.Raftoral;
import io.raftoral.workflow.RaftoralNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real node's directory, looked into from outside. */
class InspectCommandTest {
  @TempDir private Path temporary;

  private record Result(int exitCode, String out, String err) {}

  private static Result inspect(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] all = Stream.concat(Stream.of("inspect"), Stream.of(args)).toArray(String[]::new);
    int exitCode =
        new RaftoralCli(Screen.plain(new PrintWriter(out), new PrintWriter(err)), Map.of()).run(all);
    return new Result(exitCode, out.toString(), err.toString());
  }

  /** Runs a node that completes three workflows; returns its directory. */
  private Path data() throws IOException {
    Path data = temporary.resolve("n1");
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    String address = "127.0.0.1:" + port;
    NodeBuilder builder = Raftoral.node("n1").listen(address).peers("n1=" + address).dataDir(data);
    SampleWorkflows.all(new MemoryLedger(), Duration.ZERO).forEach(builder::register);
    try (RaftoralNode node = builder.start()) {
      for (int i = 0; i < 3; i++) {
        node.client().start("counter", "run-" + i, "{\"steps\":2,\"pauseMs\":0}").result();
      }
      Result running = inspect("--data", data.toString());
      assertThat(running.exitCode()).as("of a node that runs: %s", running).isZero();
    }
    return data;
  }

  @Test
  void showsWhatIsThereAndThatItIsWhole() throws IOException {
    Path data = data();
    Result text = inspect("--data", data.toString());
    assertThat(text.exitCode()).as(text.toString()).isZero();
    assertThat(text.out()).contains("node       n1, number 1", "3 completed", "Everything is what was written.");
    Result json = inspect("--data", data.toString(), "--json");
    assertThat(json.exitCode()).isZero();
    assertThat(json.out()).contains("\"whole\":true", "\"verified\":true", "\"COMPLETED\":3").hasLineCount(1);
  }

  @Test
  void damageEndsWithAnExitCodeThatSaysSo() throws IOException {
    Path data = data();
    Path largest;
    try (Stream<Path> files = Files.list(data.resolve("log"))) {
      largest =
          files
              .filter(file -> file.toString().endsWith(".log"))
              .max(Comparator.comparingLong(file -> file.toFile().length()))
              .orElseThrow();
    }
    try (RandomAccessFile file = new RandomAccessFile(largest.toFile(), "rw")) {
      file.seek(300);
      int there = file.read();
      file.seek(300);
      file.write(there ^ 1);
    }
    Result text = inspect("--data", data.toString());
    assertThat(text.exitCode()).isEqualTo(1);
    assertThat(text.err()).contains(data.resolve("log").toString()).doesNotContain("Exception");
    Result json = inspect("--data", data.toString(), "--json");
    assertThat(json.exitCode()).isEqualTo(1);
    assertThat(json.out()).contains("\"whole\":false", "\"kind\":\"DAMAGED\"");
  }

  @Test
  void aDirectoryThatIsNotANodesIsAWrongInput() {
    Result nowhere = inspect("--data", temporary.resolve("nowhere").toString());
    assertThat(nowhere.exitCode()).isEqualTo(2);
    assertThat(nowhere.err()).contains("is not the data directory of a node").contains("check the path");
    assertThat(inspect().exitCode()).isEqualTo(2);
  }
}
