package io.raftoral.transport.tls;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes X.509 certificates (RFC 5280, version 3) with keys on the curve P-256. The JDK reads certificates and signs, but
 * has no public way to put one together.
 */
final class CertificateMaker {
  private static final String SIGNATURE = "SHA256withECDSA";
  private static final byte[] SIGNATURE_ID = Der.sequence(Der.oid("1.2.840.10045.4.3.2"));
  private static final String COMMON_NAME = "2.5.4.3";
  private static final String SUBJECT_KEY_ID = "2.5.29.14";
  private static final String KEY_USAGE = "2.5.29.15";
  private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
  private static final String BASIC_CONSTRAINTS = "2.5.29.19";
  private static final String AUTHORITY_KEY_ID = "2.5.29.35";
  private static final String EXTENDED_KEY_USAGE = "2.5.29.37";
  private static final String SERVER_AUTHENTICATION = "1.3.6.1.5.5.7.3.1";
  private static final String CLIENT_AUTHENTICATION = "1.3.6.1.5.5.7.3.2";

  /** The usages that matter here are the bits 0 (signatures), and 5 and 6 (certificates, lists of revoked ones). */
  private static final byte[] USAGE_SIGNATURE = Der.bits(7, (byte) 0x80);

  private static final byte[] USAGE_AUTHORITY = Der.bits(1, (byte) 0x06);

  private static final SecureRandom RANDOM = new SecureRandom();

  private CertificateMaker() {}

  /** From when to when a certificate is valid. */
  record Validity(Instant from, Instant to) {}

  static KeyPair newKeys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    return generator.generateKeyPair();
  }

  /** A certificate that an authority gives to itself. It vouches for holders, and for no further authorities. */
  static X509Certificate authority(String name, KeyPair keys, Validity validity) throws GeneralSecurityException {
    List<byte[]> extensions = new ArrayList<>();
    extensions.add(
        extension(BASIC_CONSTRAINTS, true, Der.sequence(Der.bool(true), Der.integer(BigInteger.ZERO))));
    extensions.add(extension(KEY_USAGE, true, USAGE_AUTHORITY));
    extensions.add(extension(SUBJECT_KEY_ID, false, Der.octets(keyId(keys.getPublic()))));
    byte[] self = commonName(name);
    return signed(self, self, keys.getPublic(), validity, extensions, keys.getPrivate());
  }

  /** A certificate for a node or a client, given by an authority. */
  static X509Certificate holder(
      CertificateIdentity identity,
      PublicKey key,
      Validity validity,
      X509Certificate authority,
      PrivateKey authorityKey)
      throws GeneralSecurityException {
    byte[] client = Der.oid(CLIENT_AUTHENTICATION);
    byte[] usages =
        switch (identity.role()) {
          case NODE -> Der.sequence(Der.oid(SERVER_AUTHENTICATION), client);
          case CLIENT -> Der.sequence(client);
        };
    byte[] uri = Der.tagged(0x86, identity.uri().getBytes(StandardCharsets.US_ASCII));
    List<byte[]> extensions = new ArrayList<>();
    extensions.add(extension(BASIC_CONSTRAINTS, true, Der.sequence()));
    extensions.add(extension(KEY_USAGE, true, USAGE_SIGNATURE));
    extensions.add(extension(EXTENDED_KEY_USAGE, false, usages));
    extensions.add(extension(SUBJECT_ALTERNATIVE_NAME, false, Der.sequence(uri)));
    extensions.add(extension(SUBJECT_KEY_ID, false, Der.octets(keyId(key))));
    extensions.add(
        extension(
            AUTHORITY_KEY_ID, false, Der.sequence(Der.tagged(0x80, keyId(authority.getPublicKey())))));
    return signed(
        authority.getSubjectX500Principal().getEncoded(),
        commonName(identity.name()),
        key,
        validity,
        extensions,
        authorityKey);
  }

  private static X509Certificate signed(
      byte[] issuer,
      byte[] subject,
      PublicKey key,
      Validity validity,
      List<byte[]> extensions,
      PrivateKey signingKey)
      throws GeneralSecurityException {
    byte[] content =
        Der.sequence(
            Der.tagged(0xa0, Der.integer(BigInteger.TWO)),
            Der.integer(new BigInteger(127, RANDOM).setBit(126)),
            SIGNATURE_ID,
            issuer,
            Der.sequence(Der.time(validity.from()), Der.time(validity.to())),
            subject,
            key.getEncoded(),
            Der.tagged(0xa3, Der.sequence(extensions)));
    Signature signature = Signature.getInstance(SIGNATURE);
    signature.initSign(signingKey, RANDOM);
    signature.update(content);
    byte[] encoded = Der.sequence(content, SIGNATURE_ID, Der.bits(0, signature.sign()));
    return (X509Certificate)
        CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
  }

  private static byte[] commonName(String name) {
    return Der.sequence(Der.set(Der.sequence(Der.oid(COMMON_NAME), Der.utf8(name))));
  }

  private static byte[] extension(String oid, boolean critical, byte[] value) {
    return critical
        ? Der.sequence(Der.oid(oid), Der.bool(true), Der.octets(value))
        : Der.sequence(Der.oid(oid), Der.octets(value));
  }

  /** Any number that is the same for the same key will do (RFC 5280, 4.2.1.2). */
  private static byte[] keyId(PublicKey key) throws GeneralSecurityException {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(key.getEncoded());
    return java.util.Arrays.copyOf(digest, 20);
  }
}
