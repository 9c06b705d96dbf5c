package io.raftoral.transport;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Who a node is, where it listens, and whom it talks to.
 *
 * @param cluster the cluster's name; connections of other clusters are refused
 * @param node this node's name
 * @param nodeId this node's id, positive
 * @param incarnation tells two runs of the same node apart; larger in the later run (the start time by default)
 * @param listenHost the address to listen on
 * @param listenPort the port, 0 for any free one
 * @param peers the members by id, with or without this node; whoever is not among them is a stranger
 * @param security how connections are protected
 * @param ioThreads event loop threads, at least 1
 * @param limits every bound
 */
public record TransportConfig(
    String cluster,
    String node,
    long nodeId,
    long incarnation,
    String listenHost,
    int listenPort,
    SortedMap<Long, PeerAddress> peers,
    Security security,
    int ioThreads,
    TransportLimits limits) {

  /** Checks what can be checked without a network, and copies the peers. */
  public TransportConfig {
    peers = Collections.unmodifiableSortedMap(new TreeMap<>(peers));
    require(!cluster.isBlank(), "the cluster has no name");
    require(!node.isBlank(), "the node has no name");
    require(nodeId > 0, "node id " + nodeId + " of " + node + " is not positive");
    require(ioThreads > 0, "ioThreads is " + ioThreads + ", want at least 1");
    require(listenPort >= 0 && listenPort <= 65535, "listen port " + listenPort + " is not within 0 to 65535");
    PeerAddress self = peers.get(nodeId);
    if (self != null) {
      require(self.name().equals(node), "id " + nodeId + " is " + self.name() + " among the peers, not " + node);
    }
    for (var peer : peers.entrySet()) {
      require(peer.getKey() > 0, "peer " + peer.getValue() + " has id " + peer.getKey() + ", which is not positive");
    }
    long names = peers.values().stream().map(PeerAddress::name).distinct().count();
    require(names == peers.size(), "two peers have the same name: " + peers);
  }

  /** A node with default limits, one event loop thread, and plaintext on loopback alone. */
  public static TransportConfig of(
      String cluster,
      String node,
      long nodeId,
      String listenHost,
      int listenPort,
      SortedMap<Long, PeerAddress> peers) {
    return new TransportConfig(
        cluster,
        node,
        nodeId,
        System.currentTimeMillis(),
        listenHost,
        listenPort,
        peers,
        Security.loopbackOnly(),
        1,
        TransportLimits.defaults());
  }

  /** Replaces the protection of connections. */
  public TransportConfig withSecurity(Security newSecurity) {
    return new TransportConfig(
        cluster, node, nodeId, incarnation, listenHost, listenPort, peers, newSecurity, ioThreads, limits);
  }

  /** Replaces the incarnation. */
  public TransportConfig withIncarnation(long newIncarnation) {
    return new TransportConfig(
        cluster, node, nodeId, newIncarnation, listenHost, listenPort, peers, security, ioThreads, limits);
  }

  /** Replaces the number of event loop threads. */
  public TransportConfig withIoThreads(int newIoThreads) {
    return new TransportConfig(
        cluster, node, nodeId, incarnation, listenHost, listenPort, peers, security, newIoThreads, limits);
  }

  /** Replaces the limits. */
  public TransportConfig withLimits(TransportLimits newLimits) {
    return new TransportConfig(
        cluster, node, nodeId, incarnation, listenHost, listenPort, peers, security, ioThreads, newLimits);
  }

  private static void require(boolean ok, String message) {
    if (!ok) {
      throw new TransportException(TransportException.Kind.BAD_CONFIG, message);
    }
  }
}
