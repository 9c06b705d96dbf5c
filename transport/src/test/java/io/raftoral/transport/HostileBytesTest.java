package io.raftoral.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.raftoral.proto.v1.Close;
import io.raftoral.proto.v1.CloseCode;
import io.raftoral.proto.v1.FrameType;
import io.raftoral.proto.v1.Hello;
import io.raftoral.proto.v1.Role;
import io.raftoral.raft.message.Message;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Bytes that no honest node or client sends: they end their own connection, and neither the node nor the other
 * connections notice. {@code -Draftoral.fuzz.rounds=N} makes the random part longer.
 */
@ExtendWith(LeakWatch.class)
class HostileBytesTest {
  private static final int ROUNDS = Integer.getInteger("raftoral.fuzz.rounds", 150);

  private List<TestNode> nodes = List.of();

  @BeforeEach
  void start() {
    nodes = TestNode.cluster(2, UnaryOperator.identity());
  }

  /** Whatever a test did: the two nodes still talk, and a client is still served. */
  @AfterEach
  void theClusterIsUnharmed() {
    try {
      long before = nodes.get(0).received.size();
      nodes.get(1).send(new Message.Heartbeat(2, 1, 3, 2, 99));
      await().until(() -> nodes.get(0).received.size() > before);
      assertThat(nodes.get(0).transport.stats().outboundLinks()).isEqualTo(1);
      try (NettyRequestChannel client =
          NettyRequestChannel.connect("127.0.0.1", nodes.get(0).port(), RequestChannelConfig.defaults())) {
        assertThat(client.request(new byte[5], Duration.ofSeconds(10)).join()).hasSize(5);
      }
    } finally {
      nodes.forEach(TestNode::close);
    }
  }

  private RawConnection connect() throws IOException {
    return new RawConnection(nodes.get(0).port());
  }

  private static Hello client() {
    return Hello.newBuilder().setMinVersion(1).setMaxVersion(1).setRole(Role.ROLE_CLIENT).build();
  }

  private void assertMalformed(String reason, byte[]... parts) throws IOException {
    try (RawConnection connection = connect()) {
      connection.send(parts);
      Close close = connection.readClose();
      assertThat(close.getCode()).isEqualTo(CloseCode.CLOSE_CODE_MALFORMED);
      assertThat(close.getReason()).contains(reason);
      assertThat(connection.endsWithoutMore()).isTrue();
    }
  }

  private static byte[] header(int length, int crc) {
    return ByteBuffer.allocate(8).putInt(length).putInt(crc).array();
  }

  @Test
  void otherProtocolsAreRecognizedAtTheFirstByteThatDiffers() throws IOException {
    assertMalformed("does not speak this protocol", "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    assertMalformed("does not speak this protocol", "RAFTORAx".getBytes(StandardCharsets.US_ASCII));
  }

  @Test
  void lengthsOutOfRangeAreRefusedBeforeTheBytesCome() throws IOException {
    assertMalformed("a frame of 2147483647 bytes", RawConnection.magic(), header(Integer.MAX_VALUE, 0));
    assertMalformed("a frame of 4294967295 bytes", RawConnection.magic(), header(-1, 0));
    assertMalformed("a frame of 0 bytes", RawConnection.magic(), header(0, 0));
    assertMalformed("a frame of 70000 bytes", RawConnection.magic(), header(70_000, 0));
  }

  @Test
  void aFlippedBitIsSeen() throws IOException {
    byte[] hello = RawConnection.frame(FrameType.FRAME_TYPE_HELLO, client());
    hello[hello.length - 1] ^= 1;
    assertMalformed("wrong check sum", RawConnection.magic(), hello);
  }

  @Test
  void namesThatWouldForgeTheLogAreRefused() throws IOException {
    Hello forging = client().toBuilder().setNodeName("n2\nERROR everything is lost").build();
    assertMalformed("control characters", RawConnection.magic(), RawConnection.frame(FrameType.FRAME_TYPE_HELLO, forging));
  }

  @Test
  void whoeverSendsByteByByteIsClosedWhenTheHandshakeIsOverdue() throws IOException {
    byte[] hello = RawConnection.frame(FrameType.FRAME_TYPE_HELLO, client());
    try (RawConnection connection = connect()) {
      connection.send(RawConnection.magic());
      connection.socket.setSoTimeout(100);
      boolean open = true;
      int at = 0;
      // The last byte is never sent, so that only the deadline can end this.
      while (open) {
        if (at < hello.length - 1) {
          connection.send(Arrays.copyOfRange(hello, at, at + 1));
          at++;
        }
        try {
          open = connection.readClose().getCode() != CloseCode.CLOSE_CODE_HANDSHAKE_TIMEOUT;
        } catch (java.net.SocketTimeoutException e) {
          // Still open: one more byte.
        }
      }
    }
    assertThat(nodes.get(0).transport.stats().connectionsRefused()).containsEntry("handshake_timeout", 1L);
  }

  @Test
  void aFrameThatNeverEndsClosesTheConnectionAndGivesItsMemoryBack() throws IOException {
    try (RawConnection connection = connect()) {
      connection.hello(client());
      connection.read();
      connection.send(header(4_000_000, 0), new byte[100_000]);
      assertThat(connection.readClose().getCode()).isEqualTo(CloseCode.CLOSE_CODE_IDLE);
    }
  }

  @Test
  void framesBeingReceivedStayWithinTheirBudget() throws IOException {
    TransportLimits limits =
        TestNode.quickLimits().withRequests(new TransportLimits.Requests(4_000_000, 10, 10, 6_000_000, 1 << 20));
    try (TestNode small = TestNode.start(9, config -> config.withLimits(limits));
        RawConnection first = new RawConnection(small.port());
        RawConnection second = new RawConnection(small.port())) {
      first.hello(client());
      first.read();
      first.send(header(3_500_000, 0), new byte[10]);
      second.hello(client());
      second.read();
      second.send(header(3_500_000, 0), new byte[10]);
      // Whichever was looked at second is refused.
      await()
          .until(() -> small.transport.stats().connectionsRefused().getOrDefault("overloaded", 0L) == 1);
    }
  }

  @Test
  void aClientThatDoesNotReadIsCutOff() throws IOException {
    TransportLimits limits =
        TestNode.quickLimits().withRequests(new TransportLimits.Requests(1 << 20, 100, 100, 1 << 26, 2 << 20));
    try (TestNode small =
            TestNode.start(
                9,
                config -> config.withLimits(limits),
                (body, timeoutMs, reply) -> reply.send(new byte[1 << 20]));
        RawConnection connection = new RawConnection(small.port())) {
      connection.hello(client());
      connection.read();
      for (int id = 1; id <= 60; id++) {
        connection.send(
            RawConnection.bytes(RequestFrames.request(UnpooledByteBufAllocator.DEFAULT, id, 60_000, new byte[1])));
      }
      await()
          .until(
              () -> {
                var refused = small.transport.stats().connectionsRefused();
                return refused.containsKey("slow_reader") || refused.containsKey("idle");
              });
      await().until(() -> small.transport.stats().clients() == 0);
    }
  }

  /** Valid conversations, damaged at random, and plain noise, from before and after the handshake. */
  @Test
  void randomDamageNeverDisturbsTheNode() throws IOException {
    Random random = new Random(20_261_124);
    List<byte[]> corpus = corpus();
    for (int round = 0; round < ROUNDS; round++) {
      try (RawConnection connection = connect()) {
        if (random.nextBoolean()) {
          connection.hello(client());
        } else if (random.nextBoolean()) {
          connection.send(RawConnection.magic());
        }
        for (int i = random.nextInt(1, 5); i > 0; i--) {
          connection.send(damaged(corpus.get(random.nextInt(corpus.size())), random));
        }
      } catch (IOException e) {
        // The node closed while this was still sending: what it should do.
      }
    }
    await().until(() -> nodes.get(0).transport.stats().clients() == 0);
    assertThat(nodes.get(0).transport.stats().inboundPeers()).isEqualTo(1);
    assertThat(nodes.get(0).received).isEmpty();
  }

  private static List<byte[]> corpus() {
    List<byte[]> corpus = new ArrayList<>();
    corpus.add(RawConnection.frame(FrameType.FRAME_TYPE_HELLO, client()));
    corpus.add(
        RawConnection.bytes(RequestFrames.request(UnpooledByteBufAllocator.DEFAULT, 1, 1_000, new byte[100])));
    corpus.add(
        RawConnection.bytes(RequestFrames.request(UnpooledByteBufAllocator.DEFAULT, 2, 1_000, new byte[200_000])));
    corpus.add(new byte[0]);
    corpus.add(new byte[300]);
    byte[] frameOfFrames = new byte[1_000];
    Arrays.fill(frameOfFrames, (byte) 0x0b);
    corpus.add(frameOfFrames);
    return corpus;
  }

  private static byte[] damaged(byte[] original, Random random) {
    byte[] bytes = original.clone();
    switch (random.nextInt(4)) {
      case 0 -> random.nextBytes(bytes);
      case 1 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      case 2 -> {
        for (int i = random.nextInt(8); i > 0 && bytes.length > 0; i--) {
          bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        }
      }
      default -> bytes = Arrays.copyOf(bytes, bytes.length + random.nextInt(50));
    }
    return bytes;
  }
}
