package io.raftoral.transport;

/** The transport cannot start, or was asked for something impossible. The message names the address or peer. */
public final class TransportException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What went wrong. */
  public enum Kind {
    /** Another process listens on the address. */
    ADDRESS_IN_USE,
    /** The address cannot be parsed or resolved, or is not one of this machine. */
    BAD_ADDRESS,
    /** Plaintext beyond loopback was not asked for by name. */
    INSECURE,
    /** A setting contradicts another one or is out of its range. */
    BAD_CONFIG,
    /** A certificate, key or trust store cannot be used. */
    BAD_CERTIFICATE,
    /** The operating system refused for another reason, which is the cause. */
    IO,
    /** The transport was closed. */
    CLOSED
  }

  private final Kind kind;

  /** A failure without a cause that would tell more. */
  public TransportException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** A failure with its cause. */
  public TransportException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** What went wrong. */
  public Kind kind() {
    return kind;
  }
}
