/** Tests of {@code io.raftoral.raft.quorum}. */
@NullMarked
package io.raftoral.raft.quorum;

import org.jspecify.annotations.NullMarked;
