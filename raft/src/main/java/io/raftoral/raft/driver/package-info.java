/**
 * The loop that owns the Raft groups of a node, and its ports: disk, network, state machine, clock. The only package of
 * the module that may know threads and time.
 */
@NullMarked
package io.raftoral.raft.driver;

import org.jspecify.annotations.NullMarked;
