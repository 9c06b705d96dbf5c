package io.raftoral.transport.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates and keys as text (RFC 7468). */
final class Pem {
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,64})-----([^-]*)-----END ([A-Z0-9 ]{1,64})-----");

  /** Kinds of keys that TLS 1.3 can sign with; the encoding says which it is, but no factory takes them all. */
  private static final List<String> ALGORITHMS = List.of("EC", "RSA", "EdDSA");

  private static final Base64.Encoder ENCODER = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private Pem() {}

  private record Block(String label, byte[] content) {}

  /** All certificates of a file, in their order. */
  static List<X509Certificate> certificates(Path file, byte[] bytes) throws CertificateProblemException {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Block block : blocks(file, bytes)) {
      if (block.label().equals(CERTIFICATE)) {
        try {
          certificates.add(
              (X509Certificate)
                  CertificateFactory.getInstance("X.509")
                      .generateCertificate(new ByteArrayInputStream(block.content())));
        } catch (CertificateException e) {
          throw new CertificateProblemException(file + " has a certificate that cannot be read: " + e.getMessage(), e);
        }
      }
    }
    if (certificates.isEmpty()) {
      throw new CertificateProblemException(file + " has no certificate: want PEM, -----BEGIN CERTIFICATE-----");
    }
    return certificates;
  }

  /** The one private key of a file. */
  static PrivateKey privateKey(Path file, byte[] bytes) throws CertificateProblemException {
    for (Block block : blocks(file, bytes)) {
      if (block.label().equals(PRIVATE_KEY)) {
        return privateKey(file, new PKCS8EncodedKeySpec(block.content()));
      }
      if (block.label().endsWith(PRIVATE_KEY)) {
        throw new CertificateProblemException(
            file + " has a key of the form " + block.label() + "; want PKCS#8 without a password: convert it with"
                + " openssl pkcs8 -topk8 -nocrypt -in OLD -out NEW");
      }
    }
    throw new CertificateProblemException(file + " has no private key: want PEM, -----BEGIN PRIVATE KEY-----");
  }

  private static PrivateKey privateKey(Path file, PKCS8EncodedKeySpec encoded) throws CertificateProblemException {
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
      } catch (InvalidKeySpecException e) {
        // Of another kind; the next factory may know it.
      } catch (GeneralSecurityException e) {
        throw new CertificateProblemException("this Java has no " + algorithm + " keys", e);
      }
    }
    throw new CertificateProblemException(file + " has a key that is none of " + ALGORITHMS + ", or is damaged");
  }

  private static List<Block> blocks(Path file, byte[] bytes) throws CertificateProblemException {
    Matcher matcher = BLOCK.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    List<Block> blocks = new ArrayList<>();
    while (matcher.find()) {
      if (!matcher.group(1).equals(matcher.group(3))) {
        throw new CertificateProblemException(file + ": BEGIN " + matcher.group(1) + " ends as " + matcher.group(3));
      }
      try {
        blocks.add(new Block(matcher.group(1), Base64.getMimeDecoder().decode(matcher.group(2))));
      } catch (IllegalArgumentException e) {
        throw new CertificateProblemException(file + ": " + matcher.group(1) + " is no valid base 64", e);
      }
    }
    return blocks;
  }

  static String certificate(byte[] encoded) {
    return text(CERTIFICATE, encoded);
  }

  static String privateKey(PrivateKey key) {
    return text(PRIVATE_KEY, key.getEncoded());
  }

  private static String text(String label, byte[] content) {
    return "-----BEGIN " + label + "-----\n" + ENCODER.encodeToString(content) + "\n-----END " + label + "-----\n";
  }
}
