package io.raftoral.transport;

import io.raftoral.raft.driver.Transport;
import io.raftoral.raft.message.Message;
import java.util.List;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;

/** A transport on loopback that remembers what it was told. */
final class TestNode implements Transport.Receiver, AutoCloseable {
  static final String CLUSTER = "test";

  /** A message that arrived. */
  record Received(long group, Message message) {}

  final Queue<Received> received = new ConcurrentLinkedQueue<>();
  final Queue<Long> unreachable = new ConcurrentLinkedQueue<>();
  final Queue<Long> lostSnapshots = new ConcurrentLinkedQueue<>();
  final NettyTransport transport;
  final long id;

  TestNode(TransportConfig config) {
    this.id = config.nodeId();
    this.transport = new NettyTransport(config);
  }

  static TransportConfig config(long id) {
    return TransportConfig.of(CLUSTER, "n" + id, id, "127.0.0.1", 0, new TreeMap<>());
  }

  /** Limits that let a test see in a second what takes a minute in production. */
  static TransportLimits quickLimits() {
    return TransportLimits.defaults()
        .withAdmission(new TransportLimits.Admission(1_500, 8, 4, 1_000, 10, 100, 100, 2_000));
  }

  /** A started node with no peers yet. */
  static TestNode start(long id, UnaryOperator<TransportConfig> change) {
    return start(id, change, (body, timeoutMs, reply) -> reply.send(body));
  }

  static TestNode start(long id, UnaryOperator<TransportConfig> change, RequestHandler handler) {
    TestNode node = new TestNode(change.apply(config(id).withLimits(quickLimits())));
    node.transport.start(node, handler);
    return node;
  }

  /** Nodes 1 to {@code count} that know each other. */
  static List<TestNode> cluster(int count, UnaryOperator<TransportConfig> change) {
    List<TestNode> nodes =
        java.util.stream.LongStream.rangeClosed(1, count).mapToObj(id -> start(id, change)).toList();
    SortedMap<Long, PeerAddress> peers = peers(nodes);
    nodes.forEach(node -> node.transport.updatePeers(peers));
    nodes.forEach(node -> node.awaitLinks(count - 1));
    return nodes;
  }

  static SortedMap<Long, PeerAddress> peers(List<TestNode> nodes) {
    SortedMap<Long, PeerAddress> peers = new TreeMap<>();
    nodes.forEach(node -> peers.put(node.id, node.address()));
    return peers;
  }

  PeerAddress address() {
    return new PeerAddress("n" + id, "127.0.0.1", port());
  }

  int port() {
    return transport.localAddress().getPort();
  }

  void awaitLinks(int count) {
    Awaitility.await().until(() -> transport.stats().outboundLinks() == count);
  }

  void send(Message... messages) {
    transport.send(1, List.of(messages));
  }

  @Override
  public void received(long group, Message message) {
    received.add(new Received(group, message));
  }

  @Override
  public void unreachable(long node) {
    unreachable.add(node);
  }

  @Override
  public void snapshotLost(long group, long node) {
    lostSnapshots.add(group);
  }

  @Override
  public void close() {
    transport.close();
  }
}
