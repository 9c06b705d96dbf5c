package io.raftoral.transport.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * What the files held when they were read, checked: the key belongs to the certificate, the certificate has an identity,
 * and an authority that is trusted here vouches for it now. Immutable.
 *
 * @param identity who the certificate says that this is
 * @param expiresAtMs when the certificate ends, in milliseconds since 1970
 * @param context makes engines
 * @param digest of the content of the files: tells whether they have changed
 */
record TlsCredentials(CertificateIdentity identity, long expiresAtMs, SSLContext context, String digest) {

  /** Larger than any bundle of certificates that is meant. */
  private static final int MAX_FILE_BYTES = 1 << 20;

  /** How long somebody who was let in may come back without showing the certificate again. */
  private static final int SESSION_SECONDS = 60;

  /** The content of the files at one moment. */
  record Content(byte[] authority, byte[] certificate, byte[] key) {

    static Content read(TlsFiles files) throws CertificateProblemException {
      return new Content(bytes(files.authority()), bytes(files.certificate()), bytes(files.key()));
    }

    private static byte[] bytes(Path file) throws CertificateProblemException {
      try {
        if (Files.size(file) > MAX_FILE_BYTES) {
          throw new CertificateProblemException(file + " has more than " + MAX_FILE_BYTES + " bytes");
        }
        return Files.readAllBytes(file);
      } catch (NoSuchFileException e) {
        throw new CertificateProblemException(
            file + " does not exist: ./raftoral certs makes certificates for development", e);
      } catch (IOException e) {
        throw new CertificateProblemException(file + " cannot be read: " + e, e);
      }
    }

    String digest() throws CertificateProblemException {
      try {
        MessageDigest sha = MessageDigest.getInstance("SHA-256");
        sha.update(MessageDigest.getInstance("SHA-256").digest(authority));
        sha.update(MessageDigest.getInstance("SHA-256").digest(certificate));
        sha.update(MessageDigest.getInstance("SHA-256").digest(key));
        return HexFormat.of().formatHex(sha.digest());
      } catch (GeneralSecurityException e) {
        throw new CertificateProblemException("this Java has no SHA-256", e);
      }
    }
  }

  static TlsCredentials of(TlsFiles files, Content content) throws CertificateProblemException {
    List<X509Certificate> authorities = Pem.certificates(files.authority(), content.authority());
    List<X509Certificate> chain = Pem.certificates(files.certificate(), content.certificate());
    PrivateKey key = Pem.privateKey(files.key(), content.key());
    X509Certificate own = chain.getFirst();
    checkMatch(files, own, key);
    checkTrust(files, authorities, chain);
    CertificateIdentity identity;
    try {
      identity = CertificateIdentity.of(own);
    } catch (CertificateProblemException e) {
      throw new CertificateProblemException(files.certificate() + ": " + e.getMessage(), e);
    }
    return new TlsCredentials(
        identity, own.getNotAfter().toInstant().toEpochMilli(), context(authorities, chain, key), content.digest());
  }

  /** Signs something with the key and checks it with the certificate. */
  private static void checkMatch(TlsFiles files, X509Certificate own, PrivateKey key)
      throws CertificateProblemException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> key.getAlgorithm();
        };
    byte[] probe = {1, 2, 3};
    boolean match;
    try {
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(probe);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(own.getPublicKey());
      verifier.update(probe);
      match = verifier.verify(signature);
    } catch (GeneralSecurityException e) {
      match = false;
    }
    if (!match) {
      throw new CertificateProblemException(files.key() + " is not the key of " + files.certificate());
    }
  }

  private static void checkTrust(TlsFiles files, List<X509Certificate> authorities, List<X509Certificate> chain)
      throws CertificateProblemException {
    try {
      PKIXParameters parameters =
          new PKIXParameters(
              authorities.stream().map(ca -> new TrustAnchor(ca, null)).collect(Collectors.toSet()));
      parameters.setRevocationEnabled(false);
      var _ =
          CertPathValidator.getInstance("PKIX")
              .validate(CertificateFactory.getInstance("X.509").generateCertPath(chain), parameters);
    } catch (CertPathValidatorException e) {
      throw new CertificateProblemException(
          e.getCause() instanceof CertificateExpiredException
              ? files.certificate() + " has expired, on " + chain.getFirst().getNotAfter().toInstant()
                  + ": replace it"
              : files.certificate() + " is not vouched for by " + files.authority() + ": " + e.getMessage(),
          e);
    } catch (GeneralSecurityException e) {
      throw new CertificateProblemException(files.authority() + " cannot be used: " + e.getMessage(), e);
    }
  }

  private static SSLContext context(List<X509Certificate> authorities, List<X509Certificate> chain, PrivateKey key)
      throws CertificateProblemException {
    try {
      KeyStore trusted = emptyStore();
      for (int i = 0; i < authorities.size(); i++) {
        trusted.setCertificateEntry("authority-" + i, authorities.get(i));
      }
      TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(new KeyManager[] {new OwnKey(chain, key)}, trust.getTrustManagers(), new SecureRandom());
      context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new CertificateProblemException("TLS cannot be set up: " + e.getMessage(), e);
    }
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }
}
