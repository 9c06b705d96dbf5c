package io.raftoral.transport;

import io.raftoral.transport.tls.TlsContext;

/** How connections are protected. There is no third way: a node speaks either TLS on all its connections or none. */
public sealed interface Security {

  /**
   * No protection: whoever reaches the port can claim to be any member, and read everything.
   *
   * @param beyondLoopback allowed to leave this machine
   */
  record Plaintext(boolean beyondLoopback) implements Security {}

  /**
   * TLS 1.3, with certificates on both sides.
   *
   * @param context one's own certificate, and whom to trust
   */
  record Tls(TlsContext context) implements Security {}

  /** Plaintext, on loopback alone. */
  static Security loopbackOnly() {
    return new Plaintext(false);
  }

  /** Plaintext anywhere. */
  static Security insecure() {
    return new Plaintext(true);
  }
}
