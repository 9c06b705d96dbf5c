package io.raftoral.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the development authority issues, and what is refused when certificates are read. */
class CertificatesTest {
  private static final Duration YEAR = Duration.ofDays(365);
  private static final CertificateIdentity NODE = CertificateIdentity.node("test", "n1");

  @TempDir private Path directory;

  private DevelopmentAuthority authority() throws CertificateProblemException {
    return DevelopmentAuthority.create(directory, "test authority", YEAR.multipliedBy(40));
  }

  private X509Certificate certificate(String file) throws Exception {
    Path path = directory.resolve(file);
    return Pem.certificates(path, Files.readAllBytes(path)).getFirst();
  }

  @Test
  void identitiesAreReadBackAsTheyWereWritten() throws Exception {
    DevelopmentAuthority authority = authority();
    for (CertificateIdentity identity :
        new CertificateIdentity[] {
          NODE, CertificateIdentity.client("a-b.c_d", "-9.x"), CertificateIdentity.node("x".repeat(128), "y")
        }) {
      TlsFiles files = authority.issue(identity, YEAR);
      assertThat(CertificateIdentity.of(certificate(identity.name() + ".pem"))).isEqualTo(identity);
      assertThat(TlsContext.load(files).identity()).isEqualTo(identity);
    }
    assertThatThrownBy(() -> CertificateIdentity.node("a:b", "n1")).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void certificatesSayWhatTheirHolderMayDo() throws Exception {
    DevelopmentAuthority authority = authority();
    var _ = authority.issue(NODE, YEAR);
    var _ = authority.issue(CertificateIdentity.client("test", "ops"), YEAR);
    assertThat(certificate("ca.pem").getBasicConstraints()).as("depth below the authority").isZero();
    assertThat(certificate("n1.pem").getBasicConstraints()).as("no authority").isEqualTo(-1);
    assertThat(certificate("n1.pem").getExtendedKeyUsage()).hasSize(2);
    assertThat(certificate("ops.pem").getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    certificate("n1.pem").verify(certificate("ca.pem").getPublicKey());
  }

  @Test
  void datesBeyond2049AreWrittenAndReadRight() throws Exception {
    Instant far = Instant.parse("2061-05-06T07:08:09Z");
    var _ = authority().issue(NODE, Instant.parse("2020-01-02T03:04:05Z"), far);
    assertThat(certificate("n1.pem").getNotAfter()).isEqualTo(far);
    assertThat(certificate("n1.pem").getNotBefore()).isEqualTo("2020-01-02T03:04:05Z");
  }

  @Test
  void aCertificateDoesNotOutliveItsAuthority() throws Exception {
    var _ = authority().issue(NODE, YEAR.multipliedBy(100));
    assertThat(certificate("n1.pem").getNotAfter()).isEqualTo(certificate("ca.pem").getNotAfter());
  }

  @Test
  void keysAreForTheirOwnerAlone() throws Exception {
    var _ = authority().issue(NODE, YEAR);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("n1.key"))))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("ca.key"))))
        .isEqualTo("rw-------");
  }

  @Test
  void anAuthorityIsMadeOnceAndUsedAgain() throws Exception {
    var _ = authority().issue(NODE, YEAR);
    assertThatThrownBy(this::authority).isInstanceOf(CertificateProblemException.class).hasMessageContaining("already");
    var _ = DevelopmentAuthority.open(directory).issue(CertificateIdentity.node("test", "n2"), YEAR);
    assertThat(TlsContext.load(TlsFiles.in(directory, "n1")).identity().name()).isEqualTo("n1");
    assertThat(TlsContext.load(TlsFiles.in(directory, "n2")).identity().name()).isEqualTo("n2");
    assertThatThrownBy(() -> DevelopmentAuthority.open(directory).issue(CertificateIdentity.node("t", "ca"), YEAR))
        .hasMessageContaining("cannot be called ca");
  }

  private static void assertUnusable(TlsFiles files, String reason) {
    assertThatThrownBy(() -> TlsContext.load(files))
        .isInstanceOf(CertificateProblemException.class)
        .hasMessageContaining(reason);
  }

  @Test
  void filesThatDoNotFitTogetherAreRefusedByName(@TempDir Path elsewhere) throws Exception {
    DevelopmentAuthority authority = authority();
    TlsFiles one = authority.issue(NODE, YEAR);
    TlsFiles two = authority.issue(CertificateIdentity.node("test", "n2"), YEAR);
    DevelopmentAuthority other = DevelopmentAuthority.create(elsewhere, "other", YEAR);
    var _ = other.issue(NODE, YEAR);

    assertUnusable(new TlsFiles(one.authority(), one.certificate(), two.key()), "n2.key is not the key of ");
    assertUnusable(
        new TlsFiles(elsewhere.resolve("ca.pem"), one.certificate(), one.key()), "n1.pem is not vouched for by ");
    assertUnusable(TlsFiles.in(directory, "n3"), "n3.pem does not exist: ./raftoral certs");
    assertUnusable(
        new TlsFiles(one.authority(), one.key(), one.key()), "n1.key has no certificate: want PEM");
    assertUnusable(
        new TlsFiles(one.authority(), one.certificate(), one.certificate()), "n1.pem has no private key: want PEM");
    // An authority's certificate names nobody.
    assertUnusable(
        new TlsFiles(one.authority(), one.authority(), directory.resolve("ca.key")), "has no identity");
  }

  @Test
  void keysInOtherFormsAreRefusedWithTheRemedy() throws Exception {
    TlsFiles files = authority().issue(NODE, YEAR);
    Files.writeString(files.key(), "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
    assertUnusable(files, "openssl pkcs8 -topk8 -nocrypt");
    Files.writeString(files.key(), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    assertUnusable(files, "or is damaged");
  }

  @Test
  void anotherIdentityIsNotTakenOverByAReload(@TempDir Path elsewhere) throws Exception {
    DevelopmentAuthority authority = authority();
    TlsFiles files = authority.issue(NODE, YEAR);
    TlsContext context = TlsContext.load(files);
    assertThat(context.reload()).as("nothing has changed").isFalse();

    TlsFiles renewed = authority.issue(NODE, YEAR);
    assertThat(renewed).isEqualTo(files);
    assertThat(context.reload()).isTrue();

    TlsFiles two = authority.issue(CertificateIdentity.node("test", "n2"), YEAR);
    Files.copy(two.certificate(), files.certificate(), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(two.key(), files.key(), StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(context::reload)
        .isInstanceOf(CertificateProblemException.class)
        .hasMessageContaining("belongs to node n2 of cluster 'test' now, but this is node n1");
  }
}
