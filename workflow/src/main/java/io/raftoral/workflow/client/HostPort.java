package io.raftoral.workflow.client;

import io.raftoral.workflow.ConfigurationException;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An address as people write it: {@code host:port}, with IPv6 addresses in brackets.
 *
 * @param host a name or an address, without brackets
 * @param port 0 to 65535
 */
public record HostPort(String host, int port) {
  private static final int MAX_PORT = 65_535;

  /**
   * Reads an address.
   *
   * @param what the setting it was given for, for the message
   * @throws ConfigurationException if it is malformed
   */
  public static HostPort parse(String what, String text) {
    String address = text.strip();
    int colon = address.lastIndexOf(':');
    if (colon < 0) {
      throw malformed(what, text, "it has no port");
    }
    String host = address.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
      if (!looksLikeIpv6(host)) {
        throw malformed(what, text, "only an IPv6 address may stand in brackets");
      }
    } else if (host.indexOf(':') >= 0) {
      throw malformed(what, text, "an IPv6 address needs brackets, as in [::1]:7101");
    } else if (!looksLikeName(host)) {
      throw malformed(what, text, host.isEmpty() ? "it has no host" : "\"" + host + "\" is not a host name");
    }
    return new HostPort(host, port(what, text, address.substring(colon + 1)));
  }

  /** Whether nothing but this machine can be meant. Names are resolved, so this may block for a moment. */
  public boolean isLoopback() {
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (!address.isLoopbackAddress()) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException e) {
      // A name that cannot be resolved now may be anybody's later.
      return false;
    }
  }

  /** The address as it is written. */
  @Override
  public String toString() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  private static int port(String what, String text, String digits) {
    boolean number = !digits.isEmpty() && digits.length() <= 5 && digits.chars().allMatch(c -> c >= '0' && c <= '9');
    if (!number || Integer.parseInt(digits) > MAX_PORT) {
      throw malformed(what, text, "the port must be a number from 0 to " + MAX_PORT + ", but is \"" + digits + "\"");
    }
    return Integer.parseInt(digits);
  }

  private static boolean looksLikeIpv6(String host) {
    return host.indexOf(':') >= 0
        && host.chars()
            .allMatch(c -> Character.digit(c, 16) >= 0 || c == ':' || c == '.' || c == '%' || Character.isLetter(c));
  }

  private static boolean looksLikeName(String host) {
    return !host.isEmpty()
        && host.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '.' || c == '-' || c == '_');
  }

  private static ConfigurationException malformed(String what, String text, String why) {
    return new ConfigurationException(
        what + ": \"" + text + "\" is not an address: " + why + ". Write host:port, such as 127.0.0.1:7101");
  }
}
