package io.raftoral.examples.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.examples.RaftoralCli;
import io.raftoral.examples.text.Screen;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole demo, on three real nodes, with few orders. */
@Timeout(180)
class DemoCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path directory;

  @Test
  void everyPromiseIsKeptAlthoughTheLeaderIsKilled() throws IOException {
    Path orders = orders("{\"id\":\"Žofie/1\",\"customer\":\"山田\",\"item\":\"x\",\"amountCents\":1,\"waitMs\":50}");

    int exitCode = demo("--orders", orders.toString(), "--data", directory.resolve("data").toString());

    assertThat(out.toString().lines().toList().getLast()).as(out.toString()).isEqualTo("demo: ok");
    assertThat(exitCode).isZero();
    assertThat(err.toString()).isEmpty();
    assertThat(out.toString()).contains("is killed after", "the next checkpoint is committed", "none lost");
  }

  @Test
  void anOrderThatEndsOtherwiseThanExpectedIsAFailure() throws IOException {
    Path orders =
        orders("{\"id\":\"odd\",\"customer\":\"c\",\"item\":\"x\",\"amountCents\":1,\"expected\":\"cancelled\"}");

    int exitCode = demo("--orders", orders.toString(), "--data", directory.resolve("data").toString());

    assertThat(exitCode).isEqualTo(1);
    List<String> lines = out.toString().lines().toList();
    assertThat(lines.getLast()).isEqualTo("demo: failed");
    assertThat(lines).contains("  - order odd: ended as shipped, not as cancelled");
  }

  @Test
  void aPortInUseIsOneLine() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      // The second node's port, so that the first one has to be stopped again.
      int basePort = taken.getLocalPort() - 1;

      int exitCode = demo("--base-port", String.valueOf(basePort), "--data", directory.resolve("data").toString());

      assertThat(exitCode).isEqualTo(2);
      assertThat(err.toString().lines()).singleElement().asString().startsWith("raftoral: node n").contains("in use");
    }
  }

  /** Six ordinary orders and {@code another}. */
  private Path orders(String another) throws IOException {
    StringBuilder json = new StringBuilder("[").append(another);
    for (int i = 0; i < 6; i++) {
      json.append(",{\"id\":\"")
          .append(i)
          .append("\",\"customer\":\"c\",\"item\":\"x\",\"amountCents\":1,\"declines\":")
          .append(i % 4)
          .append("}");
    }
    return Files.writeString(directory.resolve("orders.json"), json.append("]"));
  }

  private int demo(String... options) {
    String[] args = new String[options.length + 1];
    args[0] = "demo";
    System.arraycopy(options, 0, args, 1, options.length);
    return new RaftoralCli(Screen.plain(new PrintWriter(out), new PrintWriter(err)), Map.of()).run(args);
  }
}
