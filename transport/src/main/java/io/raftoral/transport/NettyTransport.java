package io.raftoral.transport;

import io.raftoral.raft.driver.Transport;
import io.raftoral.raft.message.Message;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.SortedMap;

/**
 * The {@link Transport} of production: TCP by Netty. One connection a direction and peer carries all groups; clients
 * use the same port. All methods may be called on any thread.
 */
public final class NettyTransport implements Transport, AutoCloseable {

  /** Prepares a transport; nothing is opened before {@link #start}. */
  public NettyTransport(TransportConfig config) {}

  /**
   * Listens, and begins to connect to the peers.
   *
   * @param receiver told what arrives, on I/O threads
   * @param requests serves the requests of clients and of other nodes, on I/O threads
   * @throws TransportException if the address is in use or cannot be bound, or plaintext would leave the machine
   *     unasked
   */
  public void start(Receiver receiver, RequestHandler requests) {
    throw new UnsupportedOperationException();
  }

  /** Where this node listens: the port is the real one, also if port 0 was asked for. */
  public InetSocketAddress localAddress() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void send(long group, List<Message> messages) {
    throw new UnsupportedOperationException();
  }

  /** The channel by which this node asks another one; shared by all callers and closed with this transport. */
  public RequestChannel requestChannel(long node) {
    throw new UnsupportedOperationException();
  }

  /** Replaces the members: links to new ones are opened, links to others are closed. */
  public void updatePeers(SortedMap<Long, PeerAddress> peers) {
    throw new UnsupportedOperationException();
  }

  /** Counts so far. */
  public TransportStats stats() {
    throw new UnsupportedOperationException();
  }

  /** Says good-bye to the peers, sends what is encoded already, and closes everything. Idempotent. */
  @Override
  public void close() {}

  /** As if the process had died: connections are reset and nothing more is sent from now on. Idempotent. */
  public void kill() {}
}
