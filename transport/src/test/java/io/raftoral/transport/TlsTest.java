package io.raftoral.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.raftoral.proto.v1.Close;
import io.raftoral.proto.v1.CloseCode;
import io.raftoral.raft.message.Message;
import io.raftoral.transport.tls.CertificateIdentity;
import io.raftoral.transport.tls.CertificateProblemException;
import io.raftoral.transport.tls.DevelopmentAuthority;
import io.raftoral.transport.tls.TlsContext;
import io.raftoral.transport.tls.TlsFiles;
import io.raftoral.transport.tls.TlsSockets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Who gets in with which certificate, and what both sides say of those who do not. */
@ExtendWith(LeakWatch.class)
class TlsTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @RegisterExtension final CapturedLog log = new CapturedLog();

  @TempDir private Path directory;

  private final List<TestNode> nodes = new ArrayList<>();

  @BeforeEach
  void makeAuthority() throws CertificateProblemException {
    DevelopmentAuthority.create(directory, "test authority", DAY);
  }

  @AfterEach
  void closeNodes() {
    nodes.forEach(TestNode::close);
  }

  private DevelopmentAuthority authority() throws CertificateProblemException {
    return DevelopmentAuthority.open(directory);
  }

  private static Security tls(TlsFiles files) throws CertificateProblemException {
    return new Security.Tls(TlsContext.load(files));
  }

  private Security nodeCertificate(String name) throws CertificateProblemException {
    return tls(authority().issue(CertificateIdentity.node(TestNode.CLUSTER, name), DAY));
  }

  private Security clientCertificate(String name) throws CertificateProblemException {
    return tls(authority().issue(CertificateIdentity.client(TestNode.CLUSTER, name), DAY));
  }

  private TestNode start(long id, Security security) {
    TestNode node = TestNode.start(id, config -> config.withSecurity(security));
    nodes.add(node);
    return node;
  }

  private TestNode secureNode(long id) throws CertificateProblemException {
    return start(id, nodeCertificate("n" + id));
  }

  /** Asks a node, and returns what it answers. */
  private static byte[] ask(TestNode node, Security security) {
    RequestChannelConfig config =
        RequestChannelConfig.defaults().withSecurity(security).withLimits(TestNode.quickLimits());
    try (NettyRequestChannel channel = NettyRequestChannel.connect("127.0.0.1", node.port(), config)) {
      return channel.request(new byte[3], PATIENCE).join();
    }
  }

  private static RequestFailedException failure(TestNode node, Security security) {
    CompletionException failed = catchThrowableOfType(CompletionException.class, () -> ask(node, security));
    if (failed.getCause() instanceof RequestFailedException failure) {
      return failure;
    }
    throw failed;
  }

  private void assertRefused(TestNode node, Security security, String toldClient, String logged) {
    RequestFailedException failed = failure(node, security);
    assertThat(failed).hasMessageContaining(toldClient);
    assertThat(failed.reason()).isEqualTo(RequestFailedException.Reason.REFUSED);
    assertThat(failed.maybeExecuted()).isFalse();
    await().untilAsserted(() -> assertThat(log.text()).contains(logged));
    assertThat(node.transport.stats().connectionsRefused()).containsKey("certificate");
    assertThat(node.transport.stats().clients()).isZero();
  }

  @Test
  void nodesAndClientsWithCertificatesOfTheClusterTalk() throws CertificateProblemException {
    List<TestNode> three = List.of(secureNode(1), secureNode(2), secureNode(3));
    three.forEach(node -> node.transport.updatePeers(TestNode.peers(three)));
    three.forEach(node -> node.awaitLinks(2));

    three.get(0).send(new Message.Heartbeat(1, 2, 1, 1, 7));
    three.get(0).send(NettyTransportTest.append(1, 2, 3_000_000, 5));
    await().until(() -> three.get(1).received.size() == 2);

    assertThat(ask(three.get(2), clientCertificate("ops"))).hasSize(3);
    assertThat(
            three.get(0).transport.requestChannel(3).request(new byte[200_000], PATIENCE).join())
        .hasSize(200_000);
    assertThat(three.get(0).transport.stats().connectionsRefused()).isEmpty();
  }

  @Test
  void aCertificateOfAnotherAuthorityIsRefused(@TempDir Path elsewhere) throws CertificateProblemException {
    TestNode node = secureNode(1);
    DevelopmentAuthority stranger = DevelopmentAuthority.create(elsewhere, "stranger", DAY);
    TlsFiles files = stranger.issue(CertificateIdentity.client(TestNode.CLUSTER, "ops"), DAY);

    // The client does not trust the node either, and says so first.
    assertRefused(
        node,
        tls(files),
        "not signed by an authority that is trusted here",
        "the other side does not accept our certificate");

    // One that trusts everybody learns that it is not trusted itself.
    TlsFiles gullible = new TlsFiles(directory.resolve("both.pem"), files.certificate(), files.key());
    concatenate(gullible.authority(), directory.resolve("ca.pem"), elsewhere.resolve("ca.pem"));
    assertRefused(
        node,
        tls(gullible),
        "the other side does not accept our certificate",
        "its certificate is not signed by an authority that is trusted here");
  }

  private static void concatenate(Path to, Path... parts) {
    try {
      StringBuilder text = new StringBuilder();
      for (Path part : parts) {
        text.append(Files.readString(part));
      }
      Files.writeString(to, text);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void anExpiredCertificateIsRefusedByWhoeverSeesIt() throws Exception {
    Instant now = Instant.now();
    TlsFiles files =
        authority()
            .issue(
                CertificateIdentity.client(TestNode.CLUSTER, "ops"), now.minus(DAY), now.plusSeconds(2));
    Security expiring = tls(files);
    TestNode node = secureNode(1);
    assertThat(ask(node, expiring)).hasSize(3);

    await().until(() -> Instant.now().isAfter(now.plusSeconds(3)));
    assertRefused(node, expiring, "does not accept our certificate: it has expired", "its certificate has expired");
    assertThatThrownBy(() -> tls(files))
        .isInstanceOf(CertificateProblemException.class)
        .hasMessageContaining("ops.pem has expired")
        .hasMessageContaining("replace it");
  }

  @Test
  void aCertificateOfAnotherClusterIsRefused() throws CertificateProblemException {
    TestNode node = secureNode(1);
    Security other = tls(authority().issue(CertificateIdentity.client("prod", "ops"), DAY));
    assertRefused(
        node,
        other,
        "the certificate belongs to node n1 of cluster 'test', want a node of cluster 'prod'",
        "the certificate belongs to node n1 of cluster 'test', want a node of cluster 'prod'");
  }

  @Test
  void aNodeWithTheCertificateOfAnotherNodeDoesNotEvenStart() throws CertificateProblemException {
    Security second = nodeCertificate("n2");
    assertThatThrownBy(() -> start(1, second))
        .isInstanceOfSatisfying(
            TransportException.class,
            e -> assertThat(e.kind()).isEqualTo(TransportException.Kind.BAD_CERTIFICATE))
        .hasMessageContaining("belongs to node n2 of cluster 'test', but this is node n1");
  }

  @Test
  void aNodeThatAnswersInThePlaceOfAnotherIsRefused() throws CertificateProblemException {
    TestNode first = secureNode(1);
    TestNode second = secureNode(2);
    // The address of n3 leads to n2.
    first.transport.updatePeers(new TreeMap<>(Map.of(3L, new PeerAddress("n3", "127.0.0.1", second.port()))));
    String reason = "the certificate belongs to node n2 of cluster 'test', want node n3 of cluster 'test'";
    await()
        .untilAsserted(
            () ->
                assertThat(log.text())
                    .contains("n1: cannot use n3=127.0.0.1:" + second.port() + ": " + reason)
                    .containsPattern("n2: was refused by node n1 of cluster 'test' at [0-9.:]+: " + reason));
  }

  @Test
  void whoeverClaimsToBeANodeMustHaveItsCertificate() throws Exception {
    TestNode node = secureNode(1);
    node.transport.updatePeers(
        new TreeMap<>(
            Map.of(2L, new PeerAddress("n2", "127.0.0.1", 1), 3L, new PeerAddress("n3", "127.0.0.1", 1))));
    for (CertificateIdentity holder :
        List.of(
            CertificateIdentity.client(TestNode.CLUSTER, "mallory"),
            CertificateIdentity.node(TestNode.CLUSTER, "n3"),
            CertificateIdentity.node("prod", "n2"))) {
      try (RawConnection connection =
          new RawConnection(TlsSockets.connect(node.port(), authority().issue(holder, DAY)))) {
        connection.hello(HandshakeTest.peer().build());
        Close close = connection.readClose();
        assertThat(close.getCode()).isEqualTo(CloseCode.CLOSE_CODE_CERTIFICATE);
        assertThat(close.getReason())
            .contains("belongs to " + holder + " and does not entitle to speak as node n2 of cluster 'test'");
        await().untilAsserted(() -> assertThat(log.text()).contains(close.getReason()));
      }
    }
    assertThat(node.transport.stats().inboundPeers()).isZero();
    // The right one is let in.
    try (RawConnection connection =
        new RawConnection(
            TlsSockets.connect(
                node.port(), authority().issue(CertificateIdentity.node(TestNode.CLUSTER, "n2"), DAY)))) {
      connection.hello(HandshakeTest.peer().build());
      await().until(() -> node.transport.stats().inboundPeers() == 1);
    }
  }

  @Test
  void whoeverShowsNoCertificateIsRefused() throws Exception {
    TestNode node = secureNode(1);
    SSLContext anonymous = SSLContext.getInstance("TLSv1.3");
    anonymous.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    try (SSLSocket socket = (SSLSocket) anonymous.getSocketFactory().createSocket("127.0.0.1", node.port())) {
      // The client's side of the handshake is done before the server has looked at its certificate.
      assertThatThrownBy(
              () -> {
                socket.startHandshake();
                socket.getInputStream().read();
              })
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("certificate_required");
    }
    await().untilAsserted(() -> assertThat(log.text()).contains("it showed no certificate"));
  }

  @Test
  void olderVersionsOfTlsAreRefused() throws Exception {
    TestNode node = secureNode(1);
    SSLContext context = SSLContext.getInstance("TLSv1.2");
    context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", node.port())) {
      assertThatThrownBy(socket::startHandshake)
          .isInstanceOf(SSLException.class)
          .hasMessageContaining("protocol_version");
    }
    await().untilAsserted(() -> assertThat(log.text()).contains("it does not speak TLS 1.3"));
  }

  @Test
  void plaintextIsRefusedInPlaintext() throws CertificateProblemException {
    assertRefused(
        secureNode(1), Security.loopbackOnly(), "n1 speaks TLS only: connect with a certificate", "it does not speak TLS");
  }

  @Test
  void tlsIsRefusedByANodeWithoutCertificates() throws CertificateProblemException {
    TestNode node = start(1, Security.loopbackOnly());
    assertRefused(
        node,
        clientCertificate("ops"),
        "it does not speak TLS: is it a node without certificates",
        "speaks TLS, but this node has no certificates");
  }

  @Test
  void noiseInsteadOfAHandshakeOfTlsIsRefused() throws Exception {
    TestNode node = secureNode(1);
    for (byte[] noise :
        List.of(
            new byte[] {0x16, 3, 1, (byte) 0xff, (byte) 0xff, 1},
            new byte[] {0x16, 3, 3, 0, 4, 1, 0, 0, 0},
            "GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII))) {
      try (RawConnection connection = new RawConnection(node.port())) {
        connection.send(noise);
        assertThat(connection.endsWithoutMore()).isTrue();
      }
    }
    assertThat(ask(node, clientCertificate("ops"))).hasSize(3);
  }

  @Test
  void newCertificatesAreUsedForNewConnectionsAndOldConnectionsStay(@TempDir Path next) throws Exception {
    TestNode node = secureNode(1);
    Security oldClient = clientCertificate("ops");
    RequestChannelConfig config = RequestChannelConfig.defaults().withSecurity(oldClient);
    try (NettyRequestChannel standing = NettyRequestChannel.connect("127.0.0.1", node.port(), config)) {
      assertThat(standing.request(new byte[1], PATIENCE).join()).hasSize(1);

      // Another authority takes over; the node's files are replaced one by one, as an operator would.
      DevelopmentAuthority successor = DevelopmentAuthority.create(next, "successor", DAY);
      successor.issue(CertificateIdentity.node(TestNode.CLUSTER, "n1"), DAY);
      Security newClient = tls(successor.issue(CertificateIdentity.client(TestNode.CLUSTER, "ops"), DAY));
      for (String file : List.of("n1.key", "n1.pem", "ca.pem")) {
        Files.copy(
            next.resolve(file), directory.resolve(file), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      }
      await().untilAsserted(() -> assertThat(log.text()).contains("new certificates are in force"));

      assertThat(ask(node, newClient)).hasSize(3);
      assertThat(standing.request(new byte[2], PATIENCE).join()).hasSize(2);
      assertThat(failure(node, oldClient).reason()).isEqualTo(RequestFailedException.Reason.REFUSED);
    }
  }

  @Test
  void certificatesThatCannotBeUsedChangeNothing() throws Exception {
    TestNode node = secureNode(1);
    Security client = clientCertificate("ops");
    Files.writeString(directory.resolve("n1.pem"), "-----BEGIN CERTIFICATE-----\nhalf");
    await()
        .untilAsserted(
            () ->
                assertThat(log.text())
                    .contains("the changed certificates are not used: ")
                    .contains("n1.pem has no certificate"));
    assertThat(ask(node, client)).hasSize(3);
  }

  @Test
  void plaintextBeyondLoopbackIsWarnedOf() {
    TestNode node = start(1, Security.insecure());
    assertThat(log.text()).doesNotContain("neither encrypted");
    node.transport.updatePeers(new TreeMap<>(Map.of(2L, new PeerAddress("n2", "192.0.2.1", 7101))));
    assertThat(log.text()).contains("connections are neither encrypted nor authenticated (insecure)");
  }
}
