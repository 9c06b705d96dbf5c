package io.raftoral.transport.tls;

import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the engines of new connections from what the files hold now. Content that cannot be used, such as half of a
 * renewal, changes nothing: what was read before stays in force, and the log says so once. Connections that stand are not
 * touched by a change. Safe for use by several threads.
 */
public final class TlsContext {
  private static final Logger LOG = LoggerFactory.getLogger(TlsContext.class);
  private static final String PROTOCOL = "TLSv1.3";

  /** How often {@link #refresh} looks at the files at most. */
  private static final long REFRESH_INTERVAL_MS = 1_000;

  private final TlsFiles files;
  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicLong nextRefreshNs = new AtomicLong(System.nanoTime());
  private volatile TlsCredentials current;
  private String unusable = "";

  private TlsContext(TlsFiles files, TlsCredentials first) {
    this.files = files;
    this.current = first;
  }

  /**
   * Reads the files.
   *
   * @throws CertificateProblemException if they cannot be used
   */
  public static TlsContext load(TlsFiles files) throws CertificateProblemException {
    return new TlsContext(files, TlsCredentials.of(files, TlsCredentials.Content.read(files)));
  }

  /** Who this is; does not change. */
  public CertificateIdentity identity() {
    return current.identity();
  }

  /** When the certificate in force ends, in milliseconds since 1970. */
  public long expiresAtMs() {
    return current.expiresAtMs();
  }

  /** For the accepting side: wants a certificate of the other. */
  public SSLEngine serverEngine() {
    SSLEngine engine = engine();
    engine.setUseClientMode(false);
    engine.setNeedClientAuth(true);
    return engine;
  }

  /** For the connecting side. Sessions are not resumed, so that both show their certificates each time. */
  public SSLEngine clientEngine() {
    SSLEngine engine = engine();
    engine.setUseClientMode(true);
    return engine;
  }

  private SSLEngine engine() {
    SSLEngine engine = current.context().createSSLEngine();
    engine.setEnabledProtocols(new String[] {PROTOCOL});
    return engine;
  }

  /**
   * Reads the files again. Blocks for as long as that takes.
   *
   * @return whether something else is in force now
   * @throws CertificateProblemException if what they hold cannot be used; nothing has changed then
   */
  public boolean reload() throws CertificateProblemException {
    lock.lock();
    try {
      TlsCredentials.Content content = TlsCredentials.Content.read(files);
      if (content.digest().equals(current.digest())) {
        unusable = "";
        return false;
      }
      TlsCredentials next = TlsCredentials.of(files, content);
      if (!next.identity().equals(current.identity())) {
        throw new CertificateProblemException(
            files.certificate() + " belongs to " + next.identity() + " now, but this is " + current.identity());
      }
      current = next;
      unusable = "";
      LOG.info("{}: new certificates are in force for new connections", next.identity());
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Like {@link #refresh}, on a thread of its own, for callers that must not block. */
  public void refreshLater() {
    if (System.nanoTime() - nextRefreshNs.get() >= 0) {
      var _ = Thread.ofVirtual().name("raftoral-certificates").start(this::refresh);
    }
  }

  /** Like {@link #reload}, but once a second at most, and a problem goes to the log, when it is a new one. */
  public void refresh() {
    long nowNs = System.nanoTime();
    long dueNs = nextRefreshNs.get();
    if (nowNs - dueNs < 0
        || !nextRefreshNs.compareAndSet(dueNs, nowNs + TimeUnit.MILLISECONDS.toNanos(REFRESH_INTERVAL_MS))) {
      return;
    }
    try {
      var _ = reload();
    } catch (CertificateProblemException e) {
      lock.lock();
      try {
        if (!unusable.equals(e.getMessage())) {
          unusable = Objects.toString(e.getMessage(), "");
          LOG.warn("{}: the changed certificates are not used: {}", current.identity(), e.getMessage());
        }
      } finally {
        lock.unlock();
      }
    }
  }

  /**
   * Who is at the other end of an engine whose handshake is done.
   *
   * @throws CertificateProblemException if its certificate names nobody, or has ended since it was shown
   */
  public static CertificateIdentity peer(SSLEngine engine) throws CertificateProblemException {
    try {
      Certificate certificate = engine.getSession().getPeerCertificates()[0];
      if (!(certificate instanceof X509Certificate x509)) {
        throw new CertificateProblemException("the certificate is of type " + certificate.getType());
      }
      x509.checkValidity();
      return CertificateIdentity.of(x509);
    } catch (SSLPeerUnverifiedException e) {
      throw new CertificateProblemException("no certificate was shown", e);
    } catch (CertificateException e) {
      throw new CertificateProblemException("the certificate is not valid now: " + e.getMessage(), e);
    }
  }
}
