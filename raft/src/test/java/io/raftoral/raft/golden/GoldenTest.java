package io.raftoral.raft.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Plays the interactions in {@code src/test/resources/golden}: each command of a file (see {@link Stage}), and compares
 * what happens with the indented lines that follow it. The files are meant to be read.
 *
 * <p>After a change that is right, {@code mvn -pl raft test -Dtest=GoldenTest -Dsurefire.extra=-Draftoral.golden=write}
 * writes the files anew; read the difference before you commit it.
 */
class GoldenTest {
  private static final Path FILES = Path.of("src/test/resources/golden");
  private static final String INDENT = "    ";

  static Stream<String> files() throws IOException {
    try (Stream<Path> files = Files.list(FILES)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void playsAsWritten(String file) throws IOException {
    List<String> written = Files.readAllLines(FILES.resolve(file));
    List<String> played = play(written);
    if ("write".equals(System.getProperty("raftoral.golden"))) {
      Files.write(FILES.resolve(file), played);
    } else {
      assertThat(String.join("\n", played)).isEqualTo(String.join("\n", written));
    }
  }

  @Test
  void aDifferenceIsFound() {
    assertThat(play(List.of("nodes 1", "campaign 1", "state"))).contains(INDENT + "1 candidate term=1 vote=1 leader=0"
        + " commit=0 applied=0 last=0@0 voters=(1)");
  }

  private static List<String> play(List<String> written) {
    Stage stage = new Stage();
    List<String> played = new ArrayList<>();
    for (String line : written) {
      if (line.isBlank() || line.startsWith("#")) {
        played.add(line);
      } else if (!line.startsWith(" ")) {
        played.add(line);
        stage.perform(line).forEach(told -> played.add(INDENT + told));
      }
    }
    return played;
  }
}
