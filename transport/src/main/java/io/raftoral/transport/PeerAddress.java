package io.raftoral.transport;

/**
 * Where a member of the cluster listens.
 *
 * @param name the member's name, such as "n1"; never empty
 * @param host a host name or an IP literal; resolved anew at every attempt to connect, so it may move
 * @param port 1 to 65535
 */
public record PeerAddress(String name, String host, int port) {

  /** Checks name and port. */
  public PeerAddress {
    if (name.isBlank() || host.isBlank() || port < 1 || port > 65535) {
      throw new TransportException(
          TransportException.Kind.BAD_ADDRESS,
          "peer '" + name + "' has no usable address: '" + host + ":" + port + "' (want host:port, port 1 to 65535)");
    }
  }

  @Override
  public String toString() {
    return name + "=" + host + ":" + port;
  }
}
