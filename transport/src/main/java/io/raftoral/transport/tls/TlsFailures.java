package io.raftoral.transport.tls;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Words for handshakes that failed: what an operator can act upon, instead of what the library calls it. */
public final class TlsFailures {
  /** How deep causes are looked into. */
  private static final int MAX_DEPTH = 16;

  private static final String ALERT = "received fatal alert: ";

  private TlsFailures() {}

  /** Why a handshake failed, as this side saw it. */
  public static String reason(Throwable failure) {
    Throwable at = failure;
    for (int depth = 0; at != null && depth < MAX_DEPTH; depth++) {
      String known = known(at);
      if (known != null) {
        return known;
      }
      at = at.getCause();
    }
    return "TLS: " + failure.getMessage();
  }

  private static @Nullable String known(Throwable failure) {
    return switch (failure) {
      case CertificateExpiredException e -> "its certificate has expired (" + e.getMessage() + ")";
      case CertificateNotYetValidException e -> "its certificate is not valid yet (" + e.getMessage() + ")";
      case CertPathBuilderException _ -> "its certificate is not signed by an authority that is trusted here";
      case CertPathValidatorException e when e.getCause() == null ->
          "its certificate cannot be trusted: " + e.getMessage();
      default -> byMessage(String.valueOf(failure.getMessage()).toLowerCase(Locale.ROOT));
    };
  }

  /**
   * What is known by its text only: alerts of the other side (RFC 8446, 6.2), and what has no exception of its own.
   */
  private static @Nullable String byMessage(String message) {
    int alertAt = message.indexOf(ALERT);
    if (alertAt >= 0) {
      String alert = message.substring(alertAt + ALERT.length());
      return switch (alert) {
        case "certificate_unknown", "unknown_ca", "certificate_expired", "bad_certificate" ->
            "the other side does not accept our certificate: it has expired, or is not signed by an authority that is"
                + " trusted there (" + alert + ")";
        case "certificate_required" -> "the other side wants a certificate (" + alert + ")";
        case "protocol_version" -> "the other side does not speak TLS 1.3";
        default -> "the other side ended the TLS handshake: " + alert;
      };
    }
    if (message.contains("empty client certificate chain") || message.contains("empty server certificate chain")) {
      return "it showed no certificate";
    }
    if (message.contains("not an ssl/tls record")) {
      return "it does not speak TLS: is it a node without certificates, or another service?";
    }
    if (message.contains("supported protocol versions") || message.contains("client requested protocol")) {
      return "it does not speak TLS 1.3";
    }
    return null;
  }
}
