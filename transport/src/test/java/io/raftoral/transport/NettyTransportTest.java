package io.raftoral.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What nodes do for each other, over real sockets. */
@ExtendWith(LeakWatch.class)
class NettyTransportTest {
  private final List<TestNode> nodes = new ArrayList<>();

  private List<TestNode> cluster(int count) {
    nodes.addAll(TestNode.cluster(count, UnaryOperator.identity()));
    return nodes;
  }

  private TestNode start(long id, UnaryOperator<TransportConfig> change) {
    TestNode node = TestNode.start(id, change);
    nodes.add(node);
    return node;
  }

  @AfterEach
  void closeAll() {
    nodes.forEach(TestNode::close);
  }

  private static Message heartbeat(long from, long to, long round) {
    return new Message.Heartbeat(from, to, 3, 2, round);
  }

  static Message append(long from, long to, int bytes, int seed) {
    byte[] data = new byte[bytes];
    new Random(seed).nextBytes(data);
    return new Message.AppendRequest(from, to, 3, 7, 2, 6, List.of(new Entry.Normal(3, 8, data)));
  }

  @Test
  void messagesReachTheNodesTheyName() {
    cluster(3);
    nodes.get(0).transport.send(5, List.of(heartbeat(1, 2, 10), heartbeat(1, 3, 11), heartbeat(1, 2, 12)));

    await().until(() -> nodes.get(1).received.size() == 2 && nodes.get(2).received.size() == 1);
    assertThat(nodes.get(1).received)
        .containsExactly(
            new TestNode.Received(5, heartbeat(1, 2, 10)), new TestNode.Received(5, heartbeat(1, 2, 12)));
    assertThat(nodes.get(2).received).containsExactly(new TestNode.Received(5, heartbeat(1, 3, 11)));
    assertThat(nodes.get(0).transport.stats().messagesSent()).containsEntry("heartbeat", 3L);
    assertThat(nodes.get(1).transport.stats().messagesReceived()).containsEntry("heartbeat", 2L);
  }

  @Test
  void messagesOfOneLaneArriveInOrder() {
    cluster(2);
    for (int i = 0; i < 5_000; i++) {
      nodes.get(0).send(heartbeat(1, 2, i));
    }
    await().until(() -> nodes.get(1).received.size() == 5_000);
    long expected = 0;
    for (TestNode.Received received : nodes.get(1).received) {
      assertThat(received.message()).isEqualTo(heartbeat(1, 2, expected++));
    }
  }

  @Test
  void messagesLargerThanAFrameArriveWhole() {
    cluster(2);
    Message append = append(1, 2, 1_000_000, 1);
    byte[] state = new byte[5_000_000];
    new Random(2).nextBytes(state);
    Message snapshot =
        new Message.InstallSnapshot(
            1, 2, 3, new Snapshot(new SnapshotMetadata(9, 2, ConfState.ofVoters(List.of(1L, 2L))), state));
    nodes.get(0).send(snapshot, append, heartbeat(1, 2, 1));

    await().until(() -> nodes.get(1).received.size() == 3);
    assertThat(nodes.get(1).received.stream().map(TestNode.Received::message))
        .containsExactly(heartbeat(1, 2, 1), append, snapshot);
  }

  @Test
  void messagesToStrangersAndToUnreachableNodesAreDroppedAndCounted() {
    TestNode one = start(1, UnaryOperator.identity());
    TestNode two = start(2, UnaryOperator.identity());
    PeerAddress gone = two.address();
    two.close();
    one.transport.updatePeers(new TreeMap<>(java.util.Map.of(2L, gone)));
    await().until(() -> one.unreachable.contains(2L));

    one.send(heartbeat(1, 2, 1), heartbeat(1, 7, 1));

    assertThat(one.transport.stats().messagesDropped())
        .containsEntry("not_connected", 1L)
        .containsEntry("unknown_node", 1L);
  }

  @Test
  void aNodeThatComesBackIsFoundAgain() {
    cluster(2);
    TestNode one = nodes.get(0);
    TestNode two = nodes.get(1);
    int port = two.port();
    two.transport.kill();
    await().until(() -> one.unreachable.contains(2L) && one.transport.stats().outboundLinks() == 0);

    TestNode again =
        start(
            2,
            config ->
                new TransportConfig(
                    config.cluster(), "n2", 2, config.incarnation() + 1, "127.0.0.1", port,
                    TestNode.peers(List.of(one)), Security.loopbackOnly(), 1, config.limits()));
    one.awaitLinks(1);
    again.awaitLinks(1);
    one.send(heartbeat(1, 2, 5));
    again.send(heartbeat(2, 1, 6));

    await().until(() -> again.received.size() == 1 && one.received.size() == 1);
  }

  @Test
  void aKilledNodeSendsNothingMoreAndItsPeersNoticeAtOnce() {
    cluster(2);
    TestNode one = nodes.get(0);
    one.transport.kill();
    one.send(heartbeat(1, 2, 1));

    await().until(() -> nodes.get(1).unreachable.contains(1L));
    assertThat(nodes.get(1).received).isEmpty();
    assertThat(one.transport.stats().messagesDropped()).containsEntry("closed", 1L);
  }

  @Test
  void aFullQueueDropsAndTellsTheReceiverOnce() {
    TransportLimits.Link small = new TransportLimits.Link(8_192, 1 << 20, 2_000, 64_000, 64_000, 4_096, 8_192, 16_384);
    nodes.addAll(TestNode.cluster(2, c -> c.withLimits(c.limits().withLink(small))));
    TestNode one = nodes.get(0);
    List<Message> flood = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      flood.add(append(1, 2, 1_000, i));
    }
    one.transport.send(1, flood);

    long dropped = one.transport.stats().messagesDropped().getOrDefault("queue_full", 0L);
    assertThat(dropped).isBetween(500L, 950L);
    assertThat(one.unreachable).containsExactly(2L);
    await().until(() -> nodes.get(1).received.size() == 1_000 - dropped);
    assertThat(one.transport.stats().queuedBytes()).isZero();
  }

  @Test
  void aPortInUseIsNamed() {
    TestNode one = start(1, UnaryOperator.identity());
    int port = one.port();
    TransportConfig same = TransportConfig.of("test", "n2", 2, "127.0.0.1", port, new TreeMap<>());

    assertThatThrownBy(() -> new NettyTransport(same).start(one, (body, timeoutMs, reply) -> {}))
        .isInstanceOfSatisfying(
            TransportException.class, e -> assertThat(e.kind()).isEqualTo(TransportException.Kind.ADDRESS_IN_USE))
        .hasMessageContaining("127.0.0.1:" + port);
  }

  @Test
  void anAddressOfAnotherMachineIsNamed() {
    TransportConfig foreign = TransportConfig.of("test", "n1", 1, "192.0.2.1", 7001, new TreeMap<>());
    TestNode node = new TestNode(foreign.withSecurity(Security.insecure()));
    assertThatThrownBy(() -> node.transport.start(node, (body, timeoutMs, reply) -> {}))
        .isInstanceOfSatisfying(
            TransportException.class, e -> assertThat(e.kind()).isEqualTo(TransportException.Kind.BAD_ADDRESS))
        .hasMessageContaining("192.0.2.1:7001");
  }

  @Test
  void plaintextBeyondLoopbackMustBeAskedForByName() {
    TestNode listensEverywhere =
        new TestNode(TransportConfig.of("test", "n1", 1, "0.0.0.0", 0, new TreeMap<>()));
    assertThatThrownBy(() -> listensEverywhere.transport.start(listensEverywhere, (body, timeoutMs, reply) -> {}))
        .hasMessageContaining("insecure");
    TestNode talksAway =
        new TestNode(
            TransportConfig.of(
                "test", "n1", 1, "127.0.0.1", 0,
                new TreeMap<>(java.util.Map.of(2L, new PeerAddress("n2", "192.0.2.7", 7001)))));
    assertThatThrownBy(() -> talksAway.transport.start(talksAway, (body, timeoutMs, reply) -> {}))
        .isInstanceOfSatisfying(
            TransportException.class, e -> assertThat(e.kind()).isEqualTo(TransportException.Kind.INSECURE))
        .hasMessageContaining("n2=192.0.2.7:7001");
  }

  @Test
  void aMemberThatIsRemovedIsCutOff() {
    cluster(3);
    nodes.get(0).transport.updatePeers(TestNode.peers(nodes.subList(0, 2)));

    await().until(() -> nodes.get(0).transport.stats().inboundPeers() == 1);
    assertThat(nodes.get(0).transport.stats().outboundLinks()).isEqualTo(1);
    await().until(() -> nodes.get(2).unreachable.contains(1L));
  }
}
