package io.raftoral.transport.tls;

import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLSocket;

/** Sockets with a certificate, for tests that say what no honest node or client says. */
public final class TlsSockets {
  private TlsSockets() {}

  /** Connects to a port of this machine; the handshake is done. */
  public static Socket connect(int port, TlsFiles files) throws IOException {
    try {
      TlsCredentials credentials = TlsCredentials.of(files, TlsCredentials.Content.read(files));
      SSLSocket socket = (SSLSocket) credentials.context().getSocketFactory().createSocket("127.0.0.1", port);
      socket.startHandshake();
      return socket;
    } catch (CertificateProblemException e) {
      throw new IOException(e);
    }
  }
}
