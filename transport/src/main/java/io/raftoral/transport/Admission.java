package io.raftoral.transport;

import io.raftoral.proto.v1.CloseCode;
import io.raftoral.proto.v1.Hello;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;

/**
 * Who is connected: bounds the connections that have not introduced themselves and those of clients, and sees to it
 * that each peer has one connection. Shared by all event loops.
 */
final class Admission {

  private record Known(InboundConnection connection, long incarnation) {}

  private final NodeContext node;
  private final LongConsumer peerArrived;
  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashSet<InboundConnection> strangers = new LinkedHashSet<>();
  private final Map<Long, Known> peers = new HashMap<>();
  private final LinkedHashSet<InboundConnection> clients = new LinkedHashSet<>();

  /** @param peerArrived told the id of a peer that was admitted */
  Admission(NodeContext node, LongConsumer peerArrived) {
    this.node = node;
    this.peerArrived = peerArrived;
  }

  /** A connection was accepted. If too many have not said who they are, the one that was silent longest must go. */
  void arrived(InboundConnection connection) {
    InboundConnection victim = null;
    lock.lock();
    try {
      strangers.add(connection);
      if (strangers.size() > node.admission().maxPendingHandshakes()) {
        victim = strangers.removeFirst();
      }
    } finally {
      lock.unlock();
    }
    if (victim != null) {
      InboundConnection oldest = victim;
      oldest
          .channel()
          .eventLoop()
          .execute(
              () ->
                  oldest.end(
                      CloseCode.CLOSE_CODE_TOO_MANY,
                      "more than " + node.admission().maxPendingHandshakes() + " connections without a Hello"));
    }
  }

  InboundConnection.Session admitPeer(InboundConnection connection, Hello hello) throws ProtocolException {
    Known previous;
    lock.lock();
    try {
      previous = peers.get(hello.getNodeId());
      if (previous != null && previous.incarnation() > hello.getIncarnation()) {
        throw new ProtocolException(
            CloseCode.CLOSE_CODE_DUPLICATE_NODE,
            "a later start of " + hello.getNodeName() + " is connected: does the same node run twice?");
      }
      strangers.remove(connection);
      peers.put(hello.getNodeId(), new Known(connection, hello.getIncarnation()));
      node.counters.inboundPeers.set(peers.size());
    } finally {
      lock.unlock();
    }
    if (previous != null) {
      InboundConnection old = previous.connection();
      old.channel()
          .eventLoop()
          .execute(() -> old.end(CloseCode.CLOSE_CODE_REPLACED, hello.getNodeName() + " connected anew"));
    }
    peerArrived.accept(hello.getNodeId());
    return new PeerSession(node, hello.getNodeId());
  }

  InboundConnection.Session admitClient(InboundConnection connection) throws ProtocolException {
    lock.lock();
    try {
      if (clients.size() >= node.admission().maxClients()) {
        throw new ProtocolException(
            CloseCode.CLOSE_CODE_TOO_MANY,
            node.config.node() + " has " + clients.size() + " clients, which is its limit; try again later");
      }
      strangers.remove(connection);
      clients.add(connection);
      node.counters.clients.set(clients.size());
    } finally {
      lock.unlock();
    }
    return new ClientSession(node, connection);
  }

  void left(InboundConnection connection) {
    lock.lock();
    try {
      strangers.remove(connection);
      clients.remove(connection);
      peers.values().removeIf(known -> known.connection() == connection);
      node.counters.inboundPeers.set(peers.size());
      node.counters.clients.set(clients.size());
    } finally {
      lock.unlock();
    }
  }

  /** Cuts the connections of peers that are members no more. */
  void dropStrangers() {
    lock.lock();
    try {
      peers.forEach(
          (id, known) -> {
            if (!node.peers.containsKey(id)) {
              known
                  .connection()
                  .channel()
                  .eventLoop()
                  .execute(
                      () ->
                          known
                              .connection()
                              .end(CloseCode.CLOSE_CODE_UNKNOWN_NODE, "node " + id + " is no member any more"));
            }
          });
    } finally {
      lock.unlock();
    }
  }
}
