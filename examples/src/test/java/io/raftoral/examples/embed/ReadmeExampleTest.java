package io.raftoral.examples.embed;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example is this module's code, and it works. */
class ReadmeExampleTest {

  @Test
  void readmeShowsTheExampleAsItCompiles() throws IOException {
    Path root = Path.of(System.getProperty("raftoral.root"));
    String source =
        Files.readString(root.resolve("examples/src/main/java/io/raftoral/examples/embed/EmbeddingExample.java"));
    String shown = source.substring(source.indexOf("// README begin\n") + 16, source.indexOf("  // README end"));
    assertThat(Files.readString(root.resolve("README.md"))).contains(shown.stripTrailing().stripIndent());
  }

  @Test
  void oneNodeRunsTheExample(@TempDir Path dir) {
    assertThat(EmbeddingExample.placeOrder("127.0.0.1:0", "n1=127.0.0.1:0", dir)).startsWith("receipt for 1999 cents");
  }
}
