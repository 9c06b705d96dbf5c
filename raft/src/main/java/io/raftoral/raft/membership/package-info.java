/** Configurations and how they change: pure functions. Depends on {@code quorum} and the records of {@code message}. */
@NullMarked
package io.raftoral.raft.membership;

import org.jspecify.annotations.NullMarked;
