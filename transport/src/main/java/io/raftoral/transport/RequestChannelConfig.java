package io.raftoral.transport;

/**
 * How a client connects.
 *
 * @param cluster the cluster that must answer; empty for any
 * @param client a name for the node's log, such as the program's
 * @param insecure plaintext is allowed beyond loopback
 * @param maxOutstanding requests of this channel that wait for an answer; one more fails as overload
 * @param limits bounds on connecting and on bodies
 */
public record RequestChannelConfig(
    String cluster, String client, boolean insecure, int maxOutstanding, TransportLimits limits) {

  /** A client of any cluster with default limits, in plaintext on loopback alone. */
  public static RequestChannelConfig defaults() {
    return new RequestChannelConfig("", "client", false, 1_024, TransportLimits.defaults());
  }

  /** Accepts this cluster alone; empty for any. */
  public RequestChannelConfig withCluster(String newCluster) {
    return new RequestChannelConfig(newCluster, client, insecure, maxOutstanding, limits);
  }

  /** Names the client. */
  public RequestChannelConfig withClient(String newClient) {
    return new RequestChannelConfig(cluster, newClient, insecure, maxOutstanding, limits);
  }

  /** Allows or forbids plaintext beyond loopback. */
  public RequestChannelConfig withInsecure(boolean newInsecure) {
    return new RequestChannelConfig(cluster, client, newInsecure, maxOutstanding, limits);
  }

  /** Bounds what may wait for an answer. */
  public RequestChannelConfig withMaxOutstanding(int newMaxOutstanding) {
    return new RequestChannelConfig(cluster, client, insecure, newMaxOutstanding, limits);
  }

  /** Replaces the limits. */
  public RequestChannelConfig withLimits(TransportLimits newLimits) {
    return new RequestChannelConfig(cluster, client, insecure, maxOutstanding, newLimits);
  }
}
