/** Tests of certificates and of what is read from them. */
@org.jspecify.annotations.NullMarked
package io.raftoral.transport.tls;
