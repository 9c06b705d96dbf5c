package io.raftoral.transport;

import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.buffer.ByteBuf;
import io.raftoral.proto.v1.Close;
import io.raftoral.proto.v1.CloseCode;
import io.raftoral.proto.v1.Hello;
import io.raftoral.proto.v1.Member;
import io.raftoral.proto.v1.Role;
import io.raftoral.proto.v1.Welcome;
import io.raftoral.transport.tls.CertificateIdentity;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * Who may talk to whom: pure checks of what the two sides say about themselves. A check that fails throws, and the
 * reason of the exception is what both sides log.
 */
final class Handshake {
  /** The protocol versions that this code speaks. */
  static final int MIN_VERSION = 1;

  static final int MAX_VERSION = 1;

  /** More members than this in one Hello are not believed. */
  private static final int MAX_MEMBERS = 1_024;

  private static final int MAX_NAME_CHARS = 256;

  private Handshake() {}

  static Hello peerHello(TransportConfig self, SortedMap<Long, PeerAddress> peers, long target, String targetName) {
    Hello.Builder hello =
        Hello.newBuilder()
            .setMinVersion(MIN_VERSION)
            .setMaxVersion(MAX_VERSION)
            .setRole(Role.ROLE_PEER)
            .setCluster(self.cluster())
            .setNodeName(self.node())
            .setNodeId(self.nodeId())
            .setIncarnation(self.incarnation())
            .setTargetId(target)
            .setTargetName(targetName)
            .addMembers(Member.newBuilder().setId(self.nodeId()).setName(self.node()));
    peers.forEach(
        (id, peer) -> {
          if (id != self.nodeId()) {
            hello.addMembers(Member.newBuilder().setId(id).setName(peer.name()));
          }
        });
    return hello.build();
  }

  static Hello clientHello(String cluster, String client) {
    return Hello.newBuilder()
        .setMinVersion(MIN_VERSION)
        .setMaxVersion(MAX_VERSION)
        .setRole(Role.ROLE_CLIENT)
        .setCluster(cluster)
        .setNodeName(client)
        .build();
  }

  static Welcome welcome(TransportConfig self) {
    return Welcome.newBuilder()
        .setVersion(MAX_VERSION)
        .setCluster(self.cluster())
        .setNodeName(self.node())
        .setNodeId(self.nodeId())
        .setIncarnation(self.incarnation())
        .setMaxFrameBytes(self.limits().link().maxFrameBytes())
        .setMaxBodyBytes(self.limits().requests().maxBodyBytes())
        .build();
  }

  static Hello parseHello(ByteBuf body) throws ProtocolException {
    try {
      return Hello.parseFrom(body.nioBuffer());
    } catch (InvalidProtocolBufferException e) {
      throw ProtocolException.malformed("a Hello that is no valid protobuf");
    }
  }

  static Welcome parseWelcome(ByteBuf body) throws ProtocolException {
    try {
      return Welcome.parseFrom(body.nioBuffer());
    } catch (InvalidProtocolBufferException e) {
      throw ProtocolException.malformed("a Welcome that is no valid protobuf");
    }
  }

  static Close parseClose(ByteBuf body) throws ProtocolException {
    try {
      return Close.parseFrom(body.nioBuffer());
    } catch (InvalidProtocolBufferException e) {
      throw ProtocolException.malformed("a Close that is no valid protobuf");
    }
  }

  /** Checks what whoever connected says: the acceptor's side. */
  static void checkHello(Hello hello, TransportConfig self, SortedMap<Long, PeerAddress> peers)
      throws ProtocolException {
    if (hello.getMinVersion() > MAX_VERSION || hello.getMaxVersion() < MIN_VERSION) {
      throw new ProtocolException(
          CloseCode.CLOSE_CODE_VERSION,
          "speaks protocol versions " + hello.getMinVersion() + " to " + hello.getMaxVersion() + "; "
              + self.node() + " speaks " + MIN_VERSION + " to " + MAX_VERSION);
    }
    checkName(hello.getNodeName());
    checkName(hello.getCluster());
    switch (hello.getRole()) {
      case ROLE_CLIENT -> {
        if (!hello.getCluster().isEmpty()) {
          checkCluster(hello.getCluster(), self.cluster());
        }
      }
      case ROLE_PEER -> {
        checkCluster(hello.getCluster(), self.cluster());
        checkPeer(hello, self, peers);
      }
      case ROLE_UNSPECIFIED, UNRECOGNIZED -> throw ProtocolException.malformed("a Hello of unknown role");
    }
  }

  private static void checkPeer(Hello hello, TransportConfig self, SortedMap<Long, PeerAddress> peers)
      throws ProtocolException {
    String sender = hello.getNodeName() + " (id " + hello.getNodeId() + ")";
    if (hello.getNodeId() == self.nodeId()) {
      if (hello.getIncarnation() == self.incarnation() && hello.getNodeName().equals(self.node())) {
        throw new ProtocolException(
            CloseCode.CLOSE_CODE_SELF, "node " + sender + " connected to itself: a peer's address leads back to it");
      }
      throw new ProtocolException(
          CloseCode.CLOSE_CODE_DUPLICATE_NODE, "another node claims to be " + sender + ", which is this node's id");
    }
    PeerAddress known = peers.get(hello.getNodeId());
    if (known == null) {
      throw new ProtocolException(
          CloseCode.CLOSE_CODE_UNKNOWN_NODE,
          "node " + sender + " is no member of cluster '" + self.cluster() + "' as " + self.node() + " knows it");
    }
    checkMember(hello.getNodeId(), hello.getNodeName(), self, peers);
    if (hello.getTargetId() != self.nodeId() || !hello.getTargetName().equals(self.node())) {
      throw new ProtocolException(
          CloseCode.CLOSE_CODE_WRONG_NODE,
          "node " + sender + " wants " + hello.getTargetName() + " (id " + hello.getTargetId() + ") but this is "
              + self.node() + " (id " + self.nodeId() + ")");
    }
    if (hello.getMembersCount() > MAX_MEMBERS) {
      throw ProtocolException.malformed("a Hello with " + hello.getMembersCount() + " members");
    }
    for (Member member : hello.getMembersList()) {
      checkMember(member.getId(), member.getName(), self, peers);
    }
  }

  /** A name that both sides know has the same id for both, and an id the same name. */
  private static void checkMember(long id, String name, TransportConfig self, SortedMap<Long, PeerAddress> peers)
      throws ProtocolException {
    checkName(name);
    PeerAddress known = peers.get(id);
    String here = id == self.nodeId() ? self.node() : known == null ? "" : known.name();
    if (!here.isEmpty() && !here.equals(name)) {
      throw new ProtocolException(
          CloseCode.CLOSE_CODE_WRONG_NODE,
          "id " + id + " is '" + name + "' there and '" + here + "' on " + self.node()
              + ": the nodes were started with different member lists");
    }
    for (var peer : peers.entrySet()) {
      if (peer.getValue().name().equals(name) && peer.getKey() != id) {
        throw new ProtocolException(
            CloseCode.CLOSE_CODE_WRONG_NODE,
            "'" + name + "' has id " + id + " there and " + peer.getKey() + " on " + self.node()
                + ": the nodes were started with different member lists");
      }
    }
  }

  /**
   * Checks the certificate of whoever answered, before anything is said to them.
   *
   * @param name the node that is wanted, empty for any
   */
  static void checkServerCertificate(CertificateIdentity identity, String cluster, String name)
      throws ProtocolException {
    boolean wanted =
        identity.role() == CertificateIdentity.Role.NODE
            && identity.cluster().equals(cluster)
            && (name.isEmpty() || identity.name().equals(name));
    if (!wanted) {
      throw new ProtocolException(
          CloseCode.CLOSE_CODE_CERTIFICATE,
          "the certificate belongs to " + identity + ", want " + (name.isEmpty() ? "a node" : "node " + name)
              + " of cluster '" + cluster + "'");
    }
  }

  /** Checks that whoever connected says of itself what its certificate says. */
  static void checkHelloCertificate(CertificateIdentity identity, Hello hello, TransportConfig self)
      throws ProtocolException {
    boolean peer = hello.getRole() == Role.ROLE_PEER;
    boolean fits =
        identity.cluster().equals(self.cluster())
            && (!peer
                || identity.role() == CertificateIdentity.Role.NODE && identity.name().equals(hello.getNodeName()));
    if (!fits) {
      throw new ProtocolException(
          CloseCode.CLOSE_CODE_CERTIFICATE,
          "the certificate belongs to " + identity + " and does not entitle to speak as "
              + (peer ? "node " + hello.getNodeName() : "a client") + " of cluster '" + self.cluster() + "'");
    }
  }

  /** Checks that a node says of itself what its certificate says. */
  static void checkWelcomeCertificate(CertificateIdentity identity, Welcome welcome) throws ProtocolException {
    if (!identity.equals(knownAs(welcome))) {
      throw new ProtocolException(
          CloseCode.CLOSE_CODE_CERTIFICATE,
          "the certificate belongs to " + identity + ", but " + welcome.getNodeName() + " of cluster '"
              + welcome.getCluster() + "' answered");
    }
  }

  private static @Nullable CertificateIdentity knownAs(Welcome welcome) {
    try {
      return CertificateIdentity.node(welcome.getCluster(), welcome.getNodeName());
    } catch (IllegalArgumentException e) {
      // A name that no certificate can have.
      return null;
    }
  }

  /** Checks who answered: the connecting side, when it wants a certain peer. */
  static void checkPeerWelcome(Welcome welcome, TransportConfig self, long target, String targetName)
      throws ProtocolException {
    checkVersion(welcome);
    checkCluster(welcome.getCluster(), self.cluster());
    if (welcome.getNodeId() != target || !welcome.getNodeName().equals(targetName)) {
      throw new ProtocolException(
          CloseCode.CLOSE_CODE_WRONG_NODE,
          "wanted " + targetName + " (id " + target + ") but " + welcome.getNodeName() + " (id " + welcome.getNodeId()
              + ") answered");
    }
  }

  /** Checks who answered a client. */
  static void checkClientWelcome(Welcome welcome, String cluster) throws ProtocolException {
    checkVersion(welcome);
    if (!cluster.isEmpty()) {
      checkCluster(welcome.getCluster(), cluster);
    }
  }

  private static void checkVersion(Welcome welcome) throws ProtocolException {
    if (welcome.getVersion() < MIN_VERSION || welcome.getVersion() > MAX_VERSION) {
      throw new ProtocolException(
          CloseCode.CLOSE_CODE_VERSION, welcome.getNodeName() + " chose protocol version " + welcome.getVersion());
    }
  }

  private static void checkCluster(String theirs, String ours) throws ProtocolException {
    if (!theirs.equals(ours)) {
      throw new ProtocolException(
          CloseCode.CLOSE_CODE_WRONG_CLUSTER, "belongs to cluster '" + theirs + "', want '" + ours + "'");
    }
  }

  private static void checkName(String name) throws ProtocolException {
    if (name.length() > MAX_NAME_CHARS || name.chars().anyMatch(Character::isISOControl)) {
      throw ProtocolException.malformed("a name that is too long or has control characters");
    }
  }
}
