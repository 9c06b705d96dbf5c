package io.raftoral.examples.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DisplayWidthTest {
  @Test
  void countsColumnsNotCharacters() {
    assertThat(DisplayWidth.of("")).isZero();
    assertThat(DisplayWidth.of("plain")).isEqualTo(5);
    assertThat(DisplayWidth.of("Ångström")).isEqualTo(8);
    assertThat(DisplayWidth.of("A\u030Angstro\u0308m")).isEqualTo(8);
    assertThat(DisplayWidth.of("山田")).isEqualTo(4);
    assertThat(DisplayWidth.of("김민준")).isEqualTo(6);
    assertThat(DisplayWidth.of("🦊")).isEqualTo(2);
    assertThat(DisplayWidth.of("👩‍💻")).isEqualTo(2);
  }

  @Test
  void cutsBetweenCharacters() {
    assertThat(DisplayWidth.truncate("short", 5)).isEqualTo("short");
    assertThat(DisplayWidth.truncate("longer", 5)).isEqualTo("long…");
    assertThat(DisplayWidth.truncate("山田太郎", 6)).isEqualTo("山田…");
    assertThat(DisplayWidth.truncate("🦊🦊🦊", 4)).isEqualTo("🦊…");
    assertThat(DisplayWidth.truncate("A\u030AA\u030AA\u030A", 2)).isEqualTo("A\u030A…");
    assertThat(DisplayWidth.truncate("anything", 0)).isEmpty();
  }
}
