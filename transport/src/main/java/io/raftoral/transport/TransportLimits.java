package io.raftoral.transport;

/**
 * Every bound of the transport. Sizes in bytes, times in milliseconds. {@link #defaults()} suits a small service; a
 * limit that is reached is counted in {@link TransportStats}.
 *
 * @param link bounds of what this node sends to its peers and accepts from them
 * @param admission bounds on connections and on their start
 * @param requests bounds on requests of clients
 */
public record TransportLimits(Link link, Admission admission, Requests requests) {

  /**
   * Bounds of peer traffic.
   *
   * @param maxFrameBytes the largest frame; larger messages travel in fragments
   * @param maxMessageBytes the largest message, put together from fragments; larger ones are dropped and counted
   * @param urgentQueueBytes heartbeats, votes and answers that wait for one peer
   * @param bulkQueueBytes appends and forwarded proposals that wait for one peer
   * @param snapshotQueueBytes parts of snapshots that wait for one peer
   * @param writeLowWaterBytes encoded bytes at which a connection takes more after it was full
   * @param writeHighWaterBytes encoded bytes at which a connection is full
   * @param socketBufferBytes the kernel's send buffer; an urgent message waits behind at most this and the high water
   *     mark
   */
  public record Link(
      int maxFrameBytes,
      int maxMessageBytes,
      int urgentQueueBytes,
      int bulkQueueBytes,
      int snapshotQueueBytes,
      int writeLowWaterBytes,
      int writeHighWaterBytes,
      int socketBufferBytes) {}

  /**
   * Bounds on connections.
   *
   * @param handshakeTimeoutMs a connection that has not introduced itself by then is closed
   * @param maxPendingHandshakes connections without a handshake; one more closes the oldest of them
   * @param maxClients client connections; one more is refused
   * @param connectTimeoutMs how long an attempt to connect may take
   * @param reconnectMinMs the pause after the first failed attempt; doubled each time, with jitter
   * @param reconnectMaxMs the longest pause
   * @param pingIntervalMs how often a connection is probed
   * @param idleTimeoutMs a connection on which nothing arrives for so long is taken for dead
   */
  public record Admission(
      int handshakeTimeoutMs,
      int maxPendingHandshakes,
      int maxClients,
      int connectTimeoutMs,
      int reconnectMinMs,
      int reconnectMaxMs,
      int pingIntervalMs,
      int idleTimeoutMs) {}

  /**
   * Bounds on requests.
   *
   * @param maxBodyBytes the largest body of a request or an answer
   * @param maxPerConnection requests of one connection that wait for an answer; one more is refused as overload
   * @param maxTotal requests of all connections that wait for an answer; one more is refused as overload
   * @param memoryBytes bodies being received or served, of all connections together; more is refused as overload
   * @param replyQueueBytes answers that one client has not read yet; a client that reads so slowly is cut off
   */
  public record Requests(int maxBodyBytes, int maxPerConnection, int maxTotal, int memoryBytes, int replyQueueBytes) {}

  private static final int KIB = 1024;
  private static final int MIB = 1024 * KIB;

  /** The limits a node has unless it is told otherwise. */
  public static TransportLimits defaults() {
    return new TransportLimits(
        new Link(128 * KIB, 32 * MIB, 4 * MIB, 32 * MIB, 8 * MIB, 64 * KIB, 256 * KIB, 512 * KIB),
        new Admission(3_000, 64, 256, 2_000, 20, 1_000, 1_000, 5_000),
        new Requests(4 * MIB, 1_024, 8_192, 64 * MIB, 16 * MIB));
  }

  /** Replaces the bounds of peer traffic. */
  public TransportLimits withLink(Link newLink) {
    return new TransportLimits(newLink, admission, requests);
  }

  /** Replaces the bounds on connections. */
  public TransportLimits withAdmission(Admission newAdmission) {
    return new TransportLimits(link, newAdmission, requests);
  }

  /** Replaces the bounds on requests. */
  public TransportLimits withRequests(Requests newRequests) {
    return new TransportLimits(link, admission, newRequests);
  }
}
