/** Tests of {@code io.raftoral.raft.role}. */
@NullMarked
package io.raftoral.raft.role;

import org.jspecify.annotations.NullMarked;
