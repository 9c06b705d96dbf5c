package io.raftoral.examples.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScreenTest {
  @Test
  void aTerminalHasColoursAndProgress() {
    Screen screen = screen("120", Map.of("TERM", "xterm"));

    assertThat(screen.interactive()).isTrue();
    assertThat(screen.colour()).isTrue();
    assertThat(screen.width()).isEqualTo(120);
  }

  @Test
  void noColorIsRespected() {
    Screen screen = screen("120", Map.of("NO_COLOR", "1"));

    assertThat(screen.interactive()).isTrue();
    assertThat(screen.colour()).isFalse();
  }

  @Test
  void aDumbTerminalAndAFileAreLeftPlain() {
    assertThat(screen("80", Map.of("TERM", "dumb")).interactive()).isFalse();
    assertThat(screen("80", Map.of("TERM", "dumb")).colour()).isFalse();
    assertThat(screen("", Map.of()).interactive()).isFalse();
    assertThat(screen("", Map.of()).colour()).isFalse();
    assertThat(screen("", Map.of("COLUMNS", "132")).width()).isEqualTo(132);
  }

  @Test
  void senselessWidthsAreReplaced() {
    assertThat(screen("0", Map.of()).width()).isEqualTo(Screen.DEFAULT_WIDTH);
    assertThat(screen("wide", Map.of()).width()).isEqualTo(Screen.DEFAULT_WIDTH);
    assertThat(screen("7", Map.of()).width()).isEqualTo(40);
    assertThat(screen("99999", Map.of()).width()).isEqualTo(160);
  }

  private static Screen screen(String columns, Map<String, String> environment) {
    PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
    return Screen.of(nowhere, nowhere, columns, environment);
  }
}
