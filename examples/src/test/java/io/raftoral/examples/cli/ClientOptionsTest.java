package io.raftoral.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.TypeConversionException;

class ClientOptionsTest {
  @Test
  void peersMayHaveNamesOrNot() {
    assertThat(ClientOptions.addresses("n1=127.0.0.1:7101, n2=host:7102,[::1]:7103"))
        .containsExactly("127.0.0.1:7101", "host:7102", "[::1]:7103");
  }

  @Test
  void peersWithoutAPortAreRefused() {
    assertThatThrownBy(() -> ClientOptions.addresses("n1=127.0.0.1"))
        .isInstanceOf(UsageException.class)
        .hasMessage("--peers: \"n1=127.0.0.1\" is no host:port, nor name=host:port");
    assertThatThrownBy(() -> ClientOptions.addresses("a:1,,b:2")).isInstanceOf(UsageException.class);
  }

  @Test
  void durationsHaveAUnit() {
    assertThat(new Durations().convert("250ms")).isEqualTo(Duration.ofMillis(250));
    assertThat(new Durations().convert("10s")).isEqualTo(Duration.ofSeconds(10));
    assertThat(new Durations().convert("2m")).isEqualTo(Duration.ofMinutes(2));
    assertThat(new Durations().convert("1h")).isEqualTo(Duration.ofHours(1));
    assertThatThrownBy(() -> new Durations().convert("10")).isInstanceOf(TypeConversionException.class);
  }
}
