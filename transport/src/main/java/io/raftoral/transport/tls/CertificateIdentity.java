package io.raftoral.transport.tls;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whom a certificate belongs to: a node of a cluster, or a client of one. Stands in the certificate as a subject
 * alternative name of type URI, {@code urn:raftoral:CLUSTER:node:NAME} or {@code urn:raftoral:CLUSTER:client:NAME}. Host
 * names and common names play no part: a node may move, and a name server is not to be trusted.
 *
 * @param cluster the cluster's name
 * @param role node or client
 * @param name the node's or client's name
 */
public record CertificateIdentity(String cluster, Role role, String name) {

  /** What a certificate entitles to. */
  public enum Role {
    /** To be a member, to be asked, and to ask. */
    NODE,
    /** To ask. */
    CLIENT;

    String word() {
      return this == NODE ? "node" : "client";
    }
  }

  private static final String PREFIX = "urn:raftoral:";

  /** Names have no colon, so there is one way to read it. */
  private static final Pattern FORM =
      Pattern.compile(PREFIX + "([A-Za-z0-9._-]{1,128}):(node|client):([A-Za-z0-9._-]{1,128})");

  /** The number of the URI among the kinds of alternative names (RFC 5280, 4.2.1.6). */
  private static final int URI = 6;

  /** Checks that it can be written as a URI that is read back alike. */
  public CertificateIdentity {
    if (!FORM.matcher(PREFIX + cluster + ":" + role.word() + ":" + name).matches()) {
      throw new IllegalArgumentException(
          "cluster '" + cluster + "', name '" + name + "': 1 to 128 letters, digits, '.', '_' or '-' each");
    }
  }

  /** A member. */
  public static CertificateIdentity node(String cluster, String name) {
    return new CertificateIdentity(cluster, Role.NODE, name);
  }

  /** A client. */
  public static CertificateIdentity client(String cluster, String name) {
    return new CertificateIdentity(cluster, Role.CLIENT, name);
  }

  /**
   * Reads the identity out of a certificate, whose signature somebody else has checked.
   *
   * @throws CertificateProblemException if it has none, or more than one
   */
  public static CertificateIdentity of(X509Certificate certificate) throws CertificateProblemException {
    String who = certificate.getSubjectX500Principal().getName();
    @Nullable CertificateIdentity found = null;
    for (String uri : uris(certificate, who)) {
      if (!uri.startsWith(PREFIX)) {
        continue;
      }
      Matcher matcher = FORM.matcher(uri);
      if (!matcher.matches()) {
        throw new CertificateProblemException("the certificate of " + who + " has an identity of unknown form: " + uri);
      }
      if (found != null) {
        throw new CertificateProblemException("the certificate of " + who + " has more than one identity");
      }
      found =
          new CertificateIdentity(
              matcher.group(1), matcher.group(2).equals("node") ? Role.NODE : Role.CLIENT, matcher.group(3));
    }
    if (found == null) {
      throw new CertificateProblemException(
          "the certificate of " + who + " has no identity: it needs a subject alternative name of type URI, " + PREFIX
              + "CLUSTER:node:NAME or " + PREFIX + "CLUSTER:client:NAME");
    }
    return found;
  }

  private static List<String> uris(X509Certificate certificate, String who) throws CertificateProblemException {
    @Nullable Collection<List<?>> names;
    try {
      names = certificate.getSubjectAlternativeNames();
    } catch (CertificateParsingException e) {
      throw new CertificateProblemException("the alternative names in the certificate of " + who + " are malformed", e);
    }
    return names == null
        ? List.of()
        : names.stream()
            .filter(name -> Integer.valueOf(URI).equals(name.get(0)))
            .map(name -> String.valueOf(name.get(1)))
            .toList();
  }

  /** How it stands in a certificate. */
  public String uri() {
    return PREFIX + cluster + ":" + role.word() + ":" + name;
  }

  @Override
  public String toString() {
    return role.word() + " " + name + " of cluster '" + cluster + "'";
  }
}
