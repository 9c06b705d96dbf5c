package io.raftoral.transport.tls;

/** A certificate, key or authority cannot be used. The message names the file or the certificate, and what to do. */
public final class CertificateProblemException extends Exception {
  private static final long serialVersionUID = 1L;

  /** A problem that was found in what was read. */
  public CertificateProblemException(String message) {
    super(message);
  }

  /** A problem that something else reported. */
  public CertificateProblemException(String message, Throwable cause) {
    super(message, cause);
  }
}
