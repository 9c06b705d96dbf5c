package io.raftoral.workflow;

import java.nio.file.Path;

/**
 * Certificates for connections that are encrypted, and authenticated on both sides (TLS 1.3): PEM files, looked at again
 * when they change. {@code ./raftoral certs} makes them for development; {@code docs/transport.md} says what must stand
 * in those of another authority.
 *
 * @param authority certificates of the authorities that may vouch for the others
 * @param certificate one's own certificate, then intermediate ones if there are any
 * @param key the private key for it: PKCS#8 without a password
 */
public record Tls(Path authority, Path certificate, Path key) {

  /** The files of {@code name} in one directory: {@code ca.pem}, {@code NAME.pem} and {@code NAME.key}. */
  public static Tls in(Path directory, String name) {
    Names.check("certificate", name);
    return new Tls(directory.resolve("ca.pem"), directory.resolve(name + ".pem"), directory.resolve(name + ".key"));
  }
}
