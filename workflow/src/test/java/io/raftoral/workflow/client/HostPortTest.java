package io.raftoral.workflow.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.workflow.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:7101, 127.0.0.1, 7101",
    "localhost:0, localhost, 0",
    "[::1]:65535, ::1, 65535",
    "[fe80::1%eth0]:1, fe80::1%eth0, 1",
    "node-1.example.org:443, node-1.example.org, 443",
    "' 127.0.0.1:1 ', 127.0.0.1, 1"
  })
  void addressesAreRead(String text, String host, int port) {
    assertThat(HostPort.parse("listen", text)).isEqualTo(new HostPort(host, port));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ":", "7101", "localhost", "localhost:", ":7101", "localhost:70000", "localhost:65536", "localhost:-1",
        "localhost:+1", "localhost:1x", "localhost:٣", "::1:7101", "[::1]", "[localhost]:1", "[]:1", "[::1:7101",
        "a b:1", "http://localhost:1", "localhost:000001", "n1=localhost:1"
      })
  void malformedAddressesAreRefusedWithSettingAndValue(String text) {
    assertThatThrownBy(() -> HostPort.parse("listen", text))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageStartingWith("listen: \"" + text + "\" is not an address: ")
        .hasMessageContaining("Write host:port, such as 127.0.0.1:7101");
  }

  @Test
  void addressesAreWrittenAsTheyAreRead() {
    assertThat(HostPort.parse("x", "[::1]:7101")).hasToString("[::1]:7101");
    assertThat(HostPort.parse("x", "localhost:7101")).hasToString("localhost:7101");
  }

  @Test
  void onlyThisMachineIsLoopback() {
    assertThat(new HostPort("127.0.0.1", 1).isLoopback()).isTrue();
    assertThat(new HostPort("localhost", 1).isLoopback()).isTrue();
    assertThat(new HostPort("::1", 1).isLoopback()).isTrue();
    assertThat(new HostPort("0.0.0.0", 1).isLoopback()).isFalse();
    assertThat(new HostPort("10.1.2.3", 1).isLoopback()).isFalse();
    assertThat(new HostPort("no-such-host.invalid", 1).isLoopback()).isFalse();
  }
}
