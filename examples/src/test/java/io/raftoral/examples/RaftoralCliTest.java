package io.raftoral.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.examples.text.Screen;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RaftoralCliTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void helpNamesTheCommands() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("demo", "node", "workflow", "cluster");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void anUnknownCommandIsAnsweredWithUsage() {
    assertThat(run("frobnicate")).isEqualTo(2);
    assertThat(err.toString()).startsWith("raftoral: there is no command frobnicate").contains("Usage: raftoral");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aMissingCommandIsAnsweredWithUsage() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("a command is missing: ", "Usage: raftoral");
    assertThat(run("workflow")).isEqualTo(2);
    assertThat(err.toString()).contains("a command is missing: start, result, describe, list");
  }

  @Test
  void aWrongOptionIsAnsweredInOneLineAndAHint() {
    assertThat(run("workflow", "start", "counter", "c-1", "--inptu", "{}")).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(2).last().isEqualTo("Try: raftoral workflow start --help");
  }

  @Test
  void simulateIsThereAndKeepsItsOwnExitCodes() {
    assertThat(run("simulate", "--help")).isZero();
    assertThat(out.toString()).contains("--seeds");
    assertThat(run("simulate", "--sedes", "1")).isEqualTo(5);
  }

  @Test
  void inputThatIsNoJsonIsRefusedBeforeAnythingIsSent() {
    assertThat(run("workflow", "start", "counter", "c-1", "--input", "{steps: 3}")).isEqualTo(2);
    assertThat(err.toString()).startsWith("raftoral: --input is not valid JSON: ");
    assertThat(err.toString().lines()).hasSize(1);
  }

  @Test
  void withJsonTheRefusalIsJsonToo() {
    assertThat(run("workflow", "result", "x", "--peers", "nonsense", "--json")).isEqualTo(2);
    assertThat(out.toString()).startsWith("{\"error\":\"usage\",\"message\":\"--peers: ");
  }

  @Test
  void anEffectsUrlHasToBeOne(@TempDir Path data) {
    assertThat(
            run("node", "--id", "n1", "--listen", "127.0.0.1:0", "--peers", "n1=127.0.0.1:1", "--data",
                data.toString(), "--effects-url", "gopher://x"))
        .isEqualTo(2);
    assertThat(err.toString()).isEqualTo("raftoral: --effects-url: not an http address: gopher://x\n");
  }

  @Test
  void theDemoRefusesWhatItCannotUse(@TempDir Path directory) throws Exception {
    Path empty = Files.writeString(directory.resolve("empty.json"), "[]");
    Path one =
        Files.writeString(
            directory.resolve("one.json"), "[{\"id\":\"A\",\"customer\":\"B\",\"item\":\"C\",\"amountCents\":1}]");

    assertThat(run("demo", "--orders", empty.toString())).isEqualTo(2);
    assertThat(err.toString()).isEqualTo("raftoral: " + empty + ": holds no orders, so there is nothing to show\n");
    assertThat(run("demo", "--orders", directory.resolve("absent").toString())).isEqualTo(2);
    assertThat(run("demo", "--orders", one.toString(), "--kill-after", "0")).isEqualTo(2);
    assertThat(run("demo", "--orders", one.toString(), "--kill-after", "1000")).isEqualTo(2);
    assertThat(run("demo", "--orders", one.toString(), "--base-port", "65534")).isEqualTo(2);
    assertThat(run("demo", "--orders", one.toString(), "--data", one.resolve("x").toString())).isEqualTo(2);
    assertThat(err.toString().lines()).hasSize(6).allMatch(line -> line.startsWith("raftoral: "));
  }

  private int run(String... args) {
    return new RaftoralCli(Screen.plain(new PrintWriter(out), new PrintWriter(err)), Map.of()).run(args);
  }
}
