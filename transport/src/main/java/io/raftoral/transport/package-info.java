/**
 * The network of a node: Raft messages between peers and requests of clients, on one TCP port (Netty, NIO).
 *
 * <p>What bytes a request holds is the business of the layer above; this package knows the records of the Raft core,
 * their codec in {@code io.raftoral.proto}, and nothing of workflows. {@code docs/transport.md} describes frames,
 * handshake, limits and refusals.
 */
@NullMarked
package io.raftoral.transport;

import org.jspecify.annotations.NullMarked;
