package io.raftoral.transport.tls;

import java.nio.file.Path;

/**
 * Where somebody's certificates are: PEM files, read when first needed and again when their content has changed.
 *
 * @param authority the certificates of the authorities that may vouch for others, one or more: while an authority is
 *     being replaced, the old one and the new one
 * @param certificate one's own certificate, then those of intermediate authorities if there are any
 * @param key the private key for it, PKCS#8, not encrypted
 */
public record TlsFiles(Path authority, Path certificate, Path key) {

  /** The name of the authority's certificate in a directory of {@link DevelopmentAuthority}. */
  static final String AUTHORITY_FILE = "ca.pem";

  /** The files of {@code name} in a directory: {@code ca.pem}, {@code NAME.pem}, {@code NAME.key}. */
  public static TlsFiles in(Path directory, String name) {
    return new TlsFiles(
        directory.resolve(AUTHORITY_FILE), directory.resolve(name + ".pem"), directory.resolve(name + ".key"));
  }
}
