/**
 * What a leader knows of each member, and the flow control that follows from it. Depends on nothing but the invariant
 * exception.
 */
@NullMarked
package io.raftoral.raft.progress;

import org.jspecify.annotations.NullMarked;
