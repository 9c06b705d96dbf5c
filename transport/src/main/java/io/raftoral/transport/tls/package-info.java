/**
 * Who somebody is, proven by certificates: the identity in a certificate, certificates and keys from PEM files, TLS 1.3
 * engines that are made from them and notice when the files change, and a development authority which issues them.
 *
 * <p>Nothing here knows of connections or frames. The package above asks it for engines, and checks the identity of
 * whoever is connected against what that one says of itself.
 */
@NullMarked
package io.raftoral.transport.tls;

import org.jspecify.annotations.NullMarked;
