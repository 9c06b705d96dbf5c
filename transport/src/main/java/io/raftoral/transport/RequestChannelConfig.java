package io.raftoral.transport;

/**
 * How a client connects.
 *
 * @param cluster the cluster that must answer; empty for any
 * @param client a name for the node's log, such as the program's
 * @param security how the connection is protected
 * @param maxOutstanding requests of this channel that wait for an answer; one more fails as overload
 * @param limits bounds on connecting and on bodies
 */
public record RequestChannelConfig(
    String cluster, String client, Security security, int maxOutstanding, TransportLimits limits) {

  /** A client of any cluster with default limits, in plaintext on loopback alone. */
  public static RequestChannelConfig defaults() {
    return new RequestChannelConfig("", "client", Security.loopbackOnly(), 1_024, TransportLimits.defaults());
  }

  /** Accepts this cluster alone; empty for any. */
  public RequestChannelConfig withCluster(String newCluster) {
    return new RequestChannelConfig(newCluster, client, security, maxOutstanding, limits);
  }

  /** Names the client. */
  public RequestChannelConfig withClient(String newClient) {
    return new RequestChannelConfig(cluster, newClient, security, maxOutstanding, limits);
  }

  /** Replaces the protection of the connection. */
  public RequestChannelConfig withSecurity(Security newSecurity) {
    return new RequestChannelConfig(cluster, client, newSecurity, maxOutstanding, limits);
  }

  /** Bounds what may wait for an answer. */
  public RequestChannelConfig withMaxOutstanding(int newMaxOutstanding) {
    return new RequestChannelConfig(cluster, client, security, newMaxOutstanding, limits);
  }

  /** Replaces the limits. */
  public RequestChannelConfig withLimits(TransportLimits newLimits) {
    return new RequestChannelConfig(cluster, client, security, maxOutstanding, newLimits);
  }
}
