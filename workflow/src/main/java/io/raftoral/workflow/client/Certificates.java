package io.raftoral.workflow.client;

import io.raftoral.transport.Security;
import io.raftoral.transport.tls.CertificateProblemException;
import io.raftoral.transport.tls.TlsContext;
import io.raftoral.transport.tls.TlsFiles;
import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.Tls;
import org.jspecify.annotations.Nullable;

/** From the settings of a user to the protection of connections. */
public final class Certificates {
  private Certificates() {}

  /**
   * Reads the certificates if there are any.
   *
   * @param tls where they are, null for plaintext
   * @param insecure whether plaintext may leave this machine
   * @throws ConfigurationException if they cannot be used
   */
  public static Security security(@Nullable Tls tls, boolean insecure) {
    if (tls == null) {
      return insecure ? Security.insecure() : Security.loopbackOnly();
    }
    try {
      return new Security.Tls(TlsContext.load(new TlsFiles(tls.authority(), tls.certificate(), tls.key())));
    } catch (CertificateProblemException e) {
      throw new ConfigurationException("tls: " + e.getMessage(), e);
    }
  }
}
