package io.raftoral.workflow.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.NodeBuilder;
import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.NodeStoppedException;
import io.raftoral.workflow.Raftoral;
import io.raftoral.workflow.RaftoralClient;
import io.raftoral.workflow.RaftoralNode;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.WorkflowType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One node: how it starts, or refuses to, and how it ends. */
@Timeout(60)
class NodeLifecycleTest {
  private static final WorkflowType<Integer, Integer> TWICE =
      WorkflowType.of("twice", 1, Integer.class, Integer.class, (context, n) -> 2 * n);

  @TempDir private Path directory;

  private NodeBuilder alone() {
    return Raftoral.node("n1")
        .listen("127.0.0.1:0")
        .peers("n1=127.0.0.1:0")
        .dataDir(directory.resolve("n1"))
        .electionTimeout(Duration.ofMillis(200))
        .register(TWICE);
  }

  @Test
  void aNodeThatIsAloneListensOnAnyPortAndServes() {
    try (RaftoralNode node = alone().start();
        RaftoralClient remote = RaftoralClient.connect(List.of(node.address()), TestCluster.PATIENCE)) {
      assertThat(node.name()).isEqualTo("n1");
      assertThat(node.address()).startsWith("127.0.0.1:").doesNotEndWith(":0");
      assertThat(remote.start(TWICE, "a", 21).result()).isEqualTo(42);
      assertThat(node.client().start(TWICE, "b", 4).result()).isEqualTo(8);
      assertThat(node.status().address()).isEqualTo(node.address());
      assertThat(node.status().active()).isTrue();
      assertThat(node.status().leader()).isEqualTo("n1");
    }
  }

  @Test
  void whatWasAcknowledgedIsThereAfterKillAndAfterClose() {
    for (int i = 0; i < 3; i++) {
      RaftoralNode node = alone().start();
      assertThat(node.client().start(TWICE, "run " + i, i).result()).isEqualTo(2 * i);
      for (int before = 0; before < i; before++) {
        assertThat(node.client().handle("run " + before, Integer.class).result()).isEqualTo(2 * before);
      }
      if (i % 2 == 0) {
        node.kill();
      } else {
        node.close();
      }
    }
  }

  @Test
  void stoppingTwiceIsHarmlessAndAStoppedNodeSaysSo() {
    RaftoralNode node = alone().start();
    node.close();
    node.close();
    node.kill();
    assertThatThrownBy(node::status).isInstanceOf(NodeStoppedException.class).hasMessage("node n1 was closed");
    assertThatThrownBy(() -> node.client().clusterStatus()).isInstanceOf(NodeStoppedException.class);
  }

  @Test
  void aPortInUseIsNamedAndNothingStaysOpen() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String taken = "127.0.0.1:" + other.getLocalPort();
      assertThatThrownBy(() -> alone().listen(taken).start())
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining(taken);
    }
    alone().start().close();
  }

  @Test
  void aDirectoryBelongsToOneNodeAtATime() {
    try (RaftoralNode node = alone().start()) {
      assertThatThrownBy(() -> alone().start())
          .isInstanceOf(ConfigurationException.class)
          .hasMessageContaining(directory.resolve("n1").toString());
      assertThat(node.client().start(TWICE, "unharmed", 1).result()).isEqualTo(2);
    }
  }

  @Test
  void aDirectoryOfAnotherNodeOrClusterOrOfOtherPeersIsRefused() {
    alone().start().close();
    assertThatThrownBy(() -> alone().cluster("other").start())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("raftoral")
        .hasMessageContaining("other");
    NodeBuilder n2 =
        Raftoral.node("n2").listen("127.0.0.1:0").peers("n2=127.0.0.1:0").dataDir(directory.resolve("n1"));
    assertThatThrownBy(n2::start)
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("n1")
        .hasMessageContaining("n2");
    List<Integer> ports = TestCluster.freePorts(2);
    String two = "n1=127.0.0.1:" + ports.get(0) + ",n2=127.0.0.1:" + ports.get(1);
    assertThatThrownBy(() -> alone().listen("127.0.0.1:" + ports.get(0)).peers(two).start())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("members");
    alone().start().close();
  }

  @Test
  void aDirectoryThatCannotBeOneIsRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "x");
    assertThatThrownBy(() -> alone().dataDir(file).start())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(file.toString());
    assertThatThrownBy(() -> alone().dataDir(file.resolve("below")).start())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(file.toString());
    Path foreign = Files.createDirectory(directory.resolve("foreign"));
    Files.writeString(foreign.resolve("letter.txt"), "x");
    assertThatThrownBy(() -> alone().dataDir(foreign).start())
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining(foreign.toString());
    assertThat(foreign.resolve("letter.txt")).hasContent("x");
  }

  @Test
  void aNodeThatFailedTellsItsListenerAndItsClientsWhy() throws Exception {
    CompletableFuture<Throwable> told = new CompletableFuture<>();
    NodeListener listener =
        new NodeListener() {
          @Override
          public void failed(String node, Throwable cause) {
            told.complete(cause);
          }
        };
    try (RaftoralNode node = alone().listener(listener).start();
        RaftoralClient remote = RaftoralClient.connect(List.of(node.address()), Duration.ofMillis(300))) {
      node.client().start(TWICE, "a", 1).result();
      IllegalStateException cause = new IllegalStateException("the disk is gone");
      ((RunningNode) node).failed(cause);
      assertThat(told.get(10, TimeUnit.SECONDS)).isSameAs(cause);
      assertThatThrownBy(() -> node.client().describe("a"))
          .isInstanceOf(NodeStoppedException.class)
          .hasMessageContaining("the disk is gone");
      RefusedException refused = catchThrowableOfType(RefusedException.class, () -> remote.describe("a"));
      assertThat(refused.code()).isEqualTo(RefusedException.Code.UNAVAILABLE);
      assertThat(refused).hasMessageContaining("the disk is gone");
    }
    RaftoralNode again = alone().start();
    assertThat(again.client().handle("a", Integer.class).result()).isEqualTo(2);
    again.close();
  }

  @Test
  void aListenerThatThrowsDoesNoHarm() {
    NodeListener listener =
        new NodeListener() {
          @Override
          public void checkpointApplied(String node, String workflowId, long position, long term) {
            throw new IllegalStateException("thrown by the test");
          }
        };
    try (RaftoralNode node = alone().listener(listener).start()) {
      assertThat(node.client().start(TWICE, "a", 1).result()).isEqualTo(2);
    }
  }
}
