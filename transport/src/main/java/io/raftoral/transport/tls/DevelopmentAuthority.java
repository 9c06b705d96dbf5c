package io.raftoral.transport.tls;

import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/**
 * An authority in a directory: its certificate in {@code ca.pem}, its key in {@code ca.key}, and beside them the
 * certificates that it has issued. For development, tests and small installations; whoever has an authority of their own
 * lets that one issue certificates with the same alternative names.
 */
public final class DevelopmentAuthority {
  private static final String KEY_FILE = "ca.key";

  /** Clocks of machines differ a little: a certificate is valid from a moment before it was made. */
  private static final Duration CLOCK_DIFFERENCE = Duration.ofMinutes(10);

  private static final Set<PosixFilePermission> OWNER_ONLY =
      Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private final Path directory;
  private final X509Certificate certificate;
  private final PrivateKey key;

  private DevelopmentAuthority(Path directory, X509Certificate certificate, PrivateKey key) {
    this.directory = directory;
    this.certificate = certificate;
    this.key = key;
  }

  /** Whether there is one in this directory. */
  public static boolean exists(Path directory) {
    return Files.exists(directory.resolve(KEY_FILE)) || Files.exists(directory.resolve(TlsFiles.AUTHORITY_FILE));
  }

  /**
   * Makes an authority in a directory, which is created if it is missing.
   *
   * @param name how its certificate calls it
   * @throws CertificateProblemException if there is one already, or the directory cannot be written
   */
  public static DevelopmentAuthority create(Path directory, String name, Duration lifetime)
      throws CertificateProblemException {
    if (exists(directory)) {
      throw new CertificateProblemException(directory + " has an authority already");
    }
    try {
      Files.createDirectories(directory);
      KeyPair keys = CertificateMaker.newKeys();
      Instant now = Instant.now();
      X509Certificate certificate =
          CertificateMaker.authority(
              name, keys, new CertificateMaker.Validity(now.minus(CLOCK_DIFFERENCE), now.plus(lifetime)));
      DevelopmentAuthority authority = new DevelopmentAuthority(directory, certificate, keys.getPrivate());
      authority.write(KEY_FILE, Pem.privateKey(keys.getPrivate()), true);
      authority.write(TlsFiles.AUTHORITY_FILE, Pem.certificate(certificate.getEncoded()), false);
      return authority;
    } catch (IOException | GeneralSecurityException e) {
      throw new CertificateProblemException("no authority can be made in " + directory + ": " + e, e);
    }
  }

  /**
   * The authority that was made before.
   *
   * @throws CertificateProblemException if it is not there or cannot be read
   */
  public static DevelopmentAuthority open(Path directory) throws CertificateProblemException {
    Path certificateFile = directory.resolve(TlsFiles.AUTHORITY_FILE);
    Path keyFile = directory.resolve(KEY_FILE);
    try {
      return new DevelopmentAuthority(
          directory,
          Pem.certificates(certificateFile, Files.readAllBytes(certificateFile)).getFirst(),
          Pem.privateKey(keyFile, Files.readAllBytes(keyFile)));
    } catch (IOException e) {
      throw new CertificateProblemException("the authority in " + directory + " cannot be read: " + e, e);
    }
  }

  /** Issues a certificate that is valid from now on; see {@link #issue(CertificateIdentity, Instant, Instant)}. */
  public TlsFiles issue(CertificateIdentity identity, Duration lifetime) throws CertificateProblemException {
    Instant now = Instant.now();
    return issue(identity, now.minus(CLOCK_DIFFERENCE), now.plus(lifetime));
  }

  /**
   * Issues a certificate with a new key, and writes both into the directory, in the place of older ones of the same name.
   * Each file is replaced as a whole. The certificate does not outlive the authority's own.
   *
   * @throws CertificateProblemException if they cannot be written
   */
  public TlsFiles issue(CertificateIdentity identity, Instant from, Instant to) throws CertificateProblemException {
    TlsFiles files = TlsFiles.in(directory, identity.name());
    if (files.certificate().getFileName().toString().equals(TlsFiles.AUTHORITY_FILE)) {
      throw new CertificateProblemException("a " + identity.role().word() + " cannot be called " + identity.name());
    }
    Instant end = certificate.getNotAfter().toInstant();
    try {
      KeyPair keys = CertificateMaker.newKeys();
      X509Certificate issued =
          CertificateMaker.holder(
              identity,
              keys.getPublic(),
              new CertificateMaker.Validity(from, to.isAfter(end) ? end : to),
              certificate,
              key);
      write(identity.name() + ".key", Pem.privateKey(keys.getPrivate()), true);
      write(identity.name() + ".pem", Pem.certificate(issued.getEncoded()), false);
      return files;
    } catch (IOException | GeneralSecurityException e) {
      throw new CertificateProblemException("no certificate can be made in " + directory + ": " + e, e);
    }
  }

  private void write(String name, String text, boolean secret) throws IOException {
    Path temporary = Files.createTempFile(directory, name, ".new", attributes(secret));
    try {
      Files.writeString(temporary, text, StandardOpenOption.TRUNCATE_EXISTING);
      move(temporary, directory.resolve(name));
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Keys are for their owner alone, where the file system knows of owners. */
  private FileAttribute<?>[] attributes(boolean secret) {
    if (!directory.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(
          secret ? OWNER_ONLY : PosixFilePermissions.fromString("rw-r--r--"))
    };
  }
}
