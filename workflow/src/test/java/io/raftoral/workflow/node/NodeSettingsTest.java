package io.raftoral.workflow.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.NodeBuilder;
import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.Raftoral;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.client.HostPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** What is refused before anything is opened. */
class NodeSettingsTest {
  private static final String PEERS = "n1=127.0.0.1:7101,n2=127.0.0.1:7102,n3=127.0.0.1:7103";

  private static NodeBuilder valid() {
    return Raftoral.node("n1").listen("127.0.0.1:7101").peers(PEERS).dataDir(Path.of("does-not-matter"));
  }

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(NodeBuilder builder) {
    return assertThatThrownBy(builder::start).isInstanceOf(ConfigurationException.class);
  }

  @Test
  void missingSettingsAreNamed() {
    assertRefused(Raftoral.node("n1").listen("127.0.0.1:1").dataDir(Path.of("x"))).hasMessageContaining("peers");
    assertRefused(Raftoral.node("n1").peers(PEERS).dataDir(Path.of("x"))).hasMessageContaining("listen is not set");
    assertRefused(Raftoral.node("n1").peers(PEERS).listen("127.0.0.1:1")).hasMessageContaining("dataDir is not set");
  }

  @Test
  void malformedAddressesAndListsAreRefusedWhereTheyAreGiven() {
    assertThatThrownBy(() -> Raftoral.node("n1").listen("nowhere")).hasMessageContaining("listen: \"nowhere\"");
    assertThatThrownBy(() -> Raftoral.node("n1").advertise("::1:3")).hasMessageContaining("needs brackets");
    assertThatThrownBy(() -> Raftoral.node("n1").peers("n1")).hasMessageContaining("\"n1\" is not name=host:port");
    assertThatThrownBy(() -> Raftoral.node("n1").peers("")).hasMessageContaining("is not name=host:port");
    assertThatThrownBy(() -> Raftoral.node("n1").peers("n1=a:1,")).hasMessageContaining("is not name=host:port");
    assertThatThrownBy(() -> Raftoral.node("n1").peers("n1=a:1,n1=b:2")).hasMessageContaining("n1 is named twice");
    assertThatThrownBy(() -> Raftoral.node("n1").peers("n1=a:99999")).hasMessageContaining("65535");
    assertThatThrownBy(() -> Raftoral.node("n 1")).hasMessageContaining("\"n 1\"");
    assertThatThrownBy(() -> Raftoral.node("n1").cluster("")).isInstanceOf(ConfigurationException.class);
  }

  @Test
  void aNodeHasToBeAmongItsPeers() {
    assertRefused(
            Raftoral.node("n9").listen("127.0.0.1:7101").peers(PEERS).dataDir(Path.of("x")))
        .hasMessageContaining("\"n9\"")
        .hasMessageContaining("[n1, n2, n3]");
  }

  @Test
  void twoPeersCannotShareAnAddress() {
    assertRefused(valid().peers("n1=127.0.0.1:1,n2=127.0.0.1:1"))
        .hasMessageContaining("n1 and n2 have the same address, 127.0.0.1:1");
  }

  @Test
  void portZeroIsForNodesThatAreAlone() {
    assertRefused(valid().listen("127.0.0.1:0")).hasMessageContaining("port 0");
    assertRefused(valid().peers("n1=127.0.0.1:1,n2=127.0.0.1:0")).hasMessageContaining("n2=127.0.0.1:0");
  }

  @Test
  void plaintextToOtherMachinesHasToBeAskedFor() {
    assertRefused(valid().listen("0.0.0.0:7101")).hasMessageContaining("0.0.0.0:7101").hasMessageContaining("insecure");
    assertRefused(valid().advertise("192.0.2.7:7101")).hasMessageContaining("192.0.2.7:7101");
    assertRefused(valid().peers("n1=127.0.0.1:7101,n2=192.0.2.8:7101")).hasMessageContaining("192.0.2.8:7101");
  }

  @Test
  void knobsOutOfTheirRangeAreRefusedWithTheRange() {
    assertRefused(valid().electionTimeout(Duration.ofMillis(99)))
        .hasMessage("electionTimeout must be 100 ms to 60000 ms, but is 99 ms");
    assertRefused(valid().electionTimeout(Duration.ofSeconds(61))).hasMessageContaining("electionTimeout");
    assertRefused(valid().clientTimeout(Duration.ZERO)).hasMessageContaining("clientTimeout");
    assertRefused(valid().maxPayloadBytes(0)).hasMessageContaining("maxPayloadBytes must be 1024 to 2097152, but is 0");
    assertRefused(valid().maxConcurrentRequests(0)).hasMessageContaining("maxConcurrentRequests");
  }

  @Test
  void aWorkflowTypeIsRegisteredOnce() {
    WorkflowType<String, String> type = WorkflowType.of("t", 1, String.class, String.class, (context, in) -> in);
    assertRefused(valid().register(type).register(type)).hasMessageContaining("t version 1 is registered 2 times");
  }

  @Test
  void idsFollowTheOrderOfNames() {
    NodeSettings settings = settings("b", Map.of("c", "127.0.0.1:3", "a", "127.0.0.1:1", "b", "127.0.0.1:2"));
    assertThat(settings.ids()).containsExactly(Map.entry("a", 1L), Map.entry("b", 2L), Map.entry("c", 3L));
    assertThat(settings.id()).isEqualTo(2);
  }

  @Test
  void timesOfTheCoreAddUpToTheElectionTimeout() {
    NodeSettings settings = settings("a", Map.of("a", "127.0.0.1:1"));
    assertThat(settings.tick().multipliedBy(settings.electionTicks())).isEqualTo(settings.electionTimeout());
    assertThat(settings.electionTicks()).isEqualTo(10 * settings.heartbeatTicks());
  }

  private static NodeSettings settings(String name, Map<String, String> peers) {
    TreeMap<String, HostPort> parsed = new TreeMap<>();
    peers.forEach((peer, address) -> parsed.put(peer, HostPort.parse("peers", address)));
    HostPort own = HostPort.parse("listen", peers.getOrDefault(name, ""));
    return new NodeSettings(
        "c", name, own, own, parsed, Path.of("x"), null, false, Duration.ofSeconds(1), Duration.ofSeconds(1), 1 << 20, 10,
        null, List.of(), NodeListener.NONE);
  }
}
