package io.raftoral.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftoral.proto.v1.Close;
import io.raftoral.proto.v1.CloseCode;
import io.raftoral.proto.v1.FrameType;
import io.raftoral.proto.v1.Hello;
import io.raftoral.proto.v1.Member;
import io.raftoral.proto.v1.MessageBatch;
import io.raftoral.proto.v1.Role;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who is let in, who is not, and what the refused are told. */
@ExtendWith(LeakWatch.class)
class HandshakeTest {
  private TestNode node = new TestNode(TestNode.config(1));

  @BeforeEach
  void startNode() {
    node = TestNode.start(1, UnaryOperator.identity());
    // Nobody listens there; the member is known all the same.
    node.transport.updatePeers(new TreeMap<>(Map.of(2L, new PeerAddress("n2", "127.0.0.1", 1))));
  }

  @AfterEach
  void closeNode() {
    node.close();
  }

  static Hello.Builder peer() {
    return Hello.newBuilder()
        .setMinVersion(1)
        .setMaxVersion(1)
        .setRole(Role.ROLE_PEER)
        .setCluster("test")
        .setNodeId(2)
        .setNodeName("n2")
        .setIncarnation(7)
        .setTargetId(1)
        .setTargetName("n1");
  }

  private void assertRefused(Hello.Builder hello, CloseCode code, String reason) throws IOException {
    try (RawConnection connection = new RawConnection(node.port())) {
      connection.hello(hello.build());
      Close close = connection.readClose();
      assertThat(close.getCode()).isEqualTo(code);
      assertThat(close.getReason()).contains(reason);
      assertThat(connection.endsWithoutMore()).isTrue();
    }
    assertThat(node.transport.stats().connectionsRefused()).containsKey(Counters.name(code));
    assertThat(node.transport.stats().inboundPeers()).isZero();
  }

  @Test
  void aMemberIsWelcome() throws IOException {
    try (RawConnection connection = new RawConnection(node.port())) {
      connection.hello(peer().build());
      assertThat(connection.read().type()).isEqualTo(FrameType.FRAME_TYPE_WELCOME);
      assertThat(node.transport.stats().inboundPeers()).isEqualTo(1);
    }
    await().until(() -> node.transport.stats().inboundPeers() == 0);
  }

  @Test
  void anotherProtocolVersionIsRefused() throws IOException {
    assertRefused(peer().setMinVersion(2).setMaxVersion(9), CloseCode.CLOSE_CODE_VERSION, "versions 2 to 9");
    assertRefused(peer().setMinVersion(0).setMaxVersion(0), CloseCode.CLOSE_CODE_VERSION, "versions 0 to 0");
  }

  @Test
  void anotherClusterIsRefused() throws IOException {
    assertRefused(peer().setCluster("prod"), CloseCode.CLOSE_CODE_WRONG_CLUSTER, "'prod', want 'test'");
    assertRefused(
        peer().setRole(Role.ROLE_CLIENT).setCluster("prod"), CloseCode.CLOSE_CODE_WRONG_CLUSTER, "'prod'");
    assertRefused(peer().setCluster(""), CloseCode.CLOSE_CODE_WRONG_CLUSTER, "want 'test'");
  }

  @Test
  void aStrangerIsRefused() throws IOException {
    assertRefused(peer().setNodeId(9).setNodeName("n9"), CloseCode.CLOSE_CODE_UNKNOWN_NODE, "n9 (id 9)");
    assertRefused(peer().setNodeId(0), CloseCode.CLOSE_CODE_UNKNOWN_NODE, "(id 0)");
    assertRefused(peer().setNodeId(-1), CloseCode.CLOSE_CODE_UNKNOWN_NODE, "(id -1)");
  }

  @Test
  void aDifferentMappingOfNamesToIdsIsRefused() throws IOException {
    assertRefused(peer().setNodeName("n3"), CloseCode.CLOSE_CODE_WRONG_NODE, "id 2 is 'n3' there and 'n2' on n1");
    assertRefused(
        peer().addMembers(Member.newBuilder().setId(7).setName("n2")),
        CloseCode.CLOSE_CODE_WRONG_NODE,
        "'n2' has id 7 there and 2 on n1");
    assertRefused(
        peer().addMembers(Member.newBuilder().setId(1).setName("other")),
        CloseCode.CLOSE_CODE_WRONG_NODE,
        "id 1 is 'other' there");
    assertRefused(
        peer().setTargetId(3).setTargetName("n3"), CloseCode.CLOSE_CODE_WRONG_NODE, "wants n3 (id 3) but this is n1");
  }

  @Test
  void aNodeThatReachesItselfIsRefused() throws IOException {
    long incarnation = 77;
    try (TestNode self = TestNode.start(1, config -> config.withIncarnation(incarnation))) {
      try (RawConnection connection = new RawConnection(self.port())) {
        connection.hello(peer().setNodeId(1).setNodeName("n1").setIncarnation(incarnation).build());
        assertThat(connection.readClose().getCode()).isEqualTo(CloseCode.CLOSE_CODE_SELF);
      }
    }
    assertRefused(
        peer().setNodeId(1).setNodeName("n1"), CloseCode.CLOSE_CODE_DUPLICATE_NODE, "claims to be n1 (id 1)");
  }

  @Test
  void theEarlierRunOfANodeIsRefusedWhileTheLaterOneIsConnected() throws IOException {
    try (RawConnection later = new RawConnection(node.port())) {
      later.hello(peer().setIncarnation(8).build());
      later.read();
      try (RawConnection earlier = new RawConnection(node.port())) {
        earlier.hello(peer().setIncarnation(7).build());
        assertThat(earlier.readClose().getCode()).isEqualTo(CloseCode.CLOSE_CODE_DUPLICATE_NODE);
      }
      try (RawConnection anew = new RawConnection(node.port())) {
        anew.hello(peer().setIncarnation(8).build());
        assertThat(anew.read().type()).isEqualTo(FrameType.FRAME_TYPE_WELCOME);
        assertThat(later.readClose().getCode()).isEqualTo(CloseCode.CLOSE_CODE_REPLACED);
        assertThat(node.transport.stats().inboundPeers()).isEqualTo(1);
      }
    }
  }

  @Test
  void whoeverStaysSilentIsClosed() throws IOException {
    try (RawConnection connection = new RawConnection(node.port())) {
      assertThat(connection.readClose().getCode()).isEqualTo(CloseCode.CLOSE_CODE_HANDSHAKE_TIMEOUT);
    }
  }

  @Test
  void tooManySilentConnectionsCloseTheOldest() throws IOException {
    List<RawConnection> all = new ArrayList<>();
    try {
      for (int i = 0; i < TestNode.quickLimits().admission().maxPendingHandshakes() + 1; i++) {
        all.add(new RawConnection(node.port()));
      }
      assertThat(all.getFirst().readClose().getCode()).isEqualTo(CloseCode.CLOSE_CODE_TOO_MANY);
      try (RawConnection member = new RawConnection(node.port())) {
        member.hello(peer().build());
        assertThat(member.read().type()).isEqualTo(FrameType.FRAME_TYPE_WELCOME);
      }
    } finally {
      for (RawConnection connection : all) {
        connection.close();
      }
    }
  }

  @Test
  void nothingButAHelloMayComeFirstAndOnlyOnce() throws IOException {
    try (RawConnection connection = new RawConnection(node.port())) {
      connection.send(
          RawConnection.magic(),
          RawConnection.frame(FrameType.FRAME_TYPE_MESSAGES, MessageBatch.getDefaultInstance()));
      assertThat(connection.readClose().getReason()).contains("before the Hello");
    }
    try (RawConnection connection = new RawConnection(node.port())) {
      connection.hello(peer().build());
      connection.send(RawConnection.frame(FrameType.FRAME_TYPE_HELLO, peer().build()));
      assertThat(connection.readClose().getCode()).isEqualTo(CloseCode.CLOSE_CODE_MALFORMED);
    }
  }

  @Test
  void aMessageInAnothersNameEndsTheConnection() throws IOException {
    try (RawConnection connection = new RawConnection(node.port())) {
      connection.hello(peer().build());
      connection.read();
      var forged = new io.raftoral.raft.message.Message.TimeoutNow(3, 1, 5);
      connection.send(
          RawConnection.bytes(
              MessageBatches.encode(
                  io.netty.buffer.UnpooledByteBufAllocator.DEFAULT,
                  List.of(
                      new OutboundLanes.Queued(
                          1,
                          forged,
                          io.raftoral.proto.MessageKind.TIMEOUT_NOW,
                          io.raftoral.proto.RaftCodec.sizeOf(forged))))));
      assertThat(connection.readClose().getCode()).isEqualTo(CloseCode.CLOSE_CODE_FORGED);
      assertThat(node.received).isEmpty();
    }
  }

  @Test
  void aPeerThatFindsAnotherNodeAtTheAddressRefusesIt() {
    try (TestNode three = TestNode.start(3, UnaryOperator.identity());
        TestNode two = TestNode.start(2, UnaryOperator.identity())) {
      // Node 2 takes node 1's address for node 3's.
      two.transport.updatePeers(
          new TreeMap<>(Map.of(3L, new PeerAddress("n3", "127.0.0.1", node.port()), 1L, three.address())));
      await().until(() -> two.unreachable.contains(3L) && two.unreachable.contains(1L));
      assertThat(two.transport.stats().outboundLinks()).isZero();
    }
  }
}
