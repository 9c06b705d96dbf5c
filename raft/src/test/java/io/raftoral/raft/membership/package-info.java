/** Tests of {@code io.raftoral.raft.membership}. */
@NullMarked
package io.raftoral.raft.membership;

import org.jspecify.annotations.NullMarked;
