package io.raftoral.transport;

import io.netty.handler.codec.DecoderException;
import io.raftoral.transport.tls.TlsFailures;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.channels.ClosedChannelException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Words for logs and exceptions. */
final class Texts {
  private static final int MAX_CHARS = 500;

  private Texts() {}

  /** What another process said, fit for one line of a log: no control characters, not too long. */
  static String printable(String text) {
    String cut = text.length() > MAX_CHARS ? text.substring(0, MAX_CHARS) + "…" : text;
    return cut.codePoints()
        .map(c -> Character.isISOControl(c) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** Whether a connection failed because of TLS, and not because it broke. */
  static boolean isTls(Throwable failure) {
    Throwable cause = inner(failure);
    return cause instanceof SSLException
        && !(cause.getCause() instanceof ClosedChannelException)
        && !String.valueOf(cause.getMessage()).contains("Connection closed while");
  }

  /** Without the decoder's wrapping. */
  private static Throwable inner(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof DecoderException && cause != null ? cause : failure;
  }

  /** The message of a failure, without the names of classes that tell a user nothing. */
  static String reason(Throwable failure) {
    Throwable cause = inner(failure);
    if (isTls(cause)) {
      return printable(TlsFailures.reason(cause));
    }
    String message = cause.getMessage();
    return cause instanceof IOException && message != null ? printable(message) : printable(cause.toString());
  }

  static String address(@Nullable SocketAddress address) {
    if (address instanceof InetSocketAddress inet) {
      return inet.getAddress() == null
          ? inet.getHostString() + ":" + inet.getPort()
          : inet.getAddress().getHostAddress() + ":" + inet.getPort();
    }
    return String.valueOf(address);
  }
}
