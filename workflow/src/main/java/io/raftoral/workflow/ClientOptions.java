package io.raftoral.workflow;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a client outside the cluster connects; see {@link RaftoralClient#connect(ClientOptions)}. The {@code with…} methods
 * return a changed copy.
 *
 * @param addresses {@code host:port} of nodes, at least one; one that answers is enough
 * @param timeout how long a request may take in all, unless the call says otherwise; positive
 * @param cluster the cluster's name, so that a node of another one is not asked by mistake; empty for any
 * @param tls certificates, null for plaintext
 * @param insecure allows unencrypted connections to other machines; not needed on loopback
 */
public record ClientOptions(
    List<String> addresses, Duration timeout, String cluster, @Nullable Tls tls, boolean insecure) {
  /** Thirty seconds, unless said otherwise. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);

  /** Copies the list and checks what can be checked without a network. */
  public ClientOptions {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty()) {
      throw new ConfigurationException("no address of a node was given: name at least one, such as 127.0.0.1:7101");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw new ConfigurationException("the client's timeout must be positive, but is " + timeout);
    }
    if (tls != null && insecure) {
      throw new ConfigurationException("both certificates (--tls) and insecure are given: choose one");
    }
    if (!cluster.isEmpty()) {
      Names.check("cluster", cluster);
    }
  }

  /** These nodes, whatever their cluster, with the default timeout. */
  public static ClientOptions of(List<String> addresses) {
    return new ClientOptions(addresses, DEFAULT_TIMEOUT, "", null, false);
  }

  /** The same with another timeout. */
  public ClientOptions withTimeout(Duration newTimeout) {
    return new ClientOptions(addresses, newTimeout, cluster, tls, insecure);
  }

  /** The same, but for this cluster only. */
  public ClientOptions withCluster(String newCluster) {
    return new ClientOptions(addresses, timeout, newCluster, tls, insecure);
  }

  /** The same, with unencrypted connections to other machines allowed or not. */
  public ClientOptions withInsecure(boolean newInsecure) {
    return new ClientOptions(addresses, timeout, cluster, tls, newInsecure);
  }

  /** The same, with connections that are encrypted and authenticated, or plaintext ones for null. */
  public ClientOptions withTls(@Nullable Tls newTls) {
    return new ClientOptions(addresses, timeout, cluster, newTls, insecure);
  }
}
