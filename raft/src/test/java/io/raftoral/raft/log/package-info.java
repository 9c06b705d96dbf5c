/** Tests of {@code io.raftoral.raft.log}. */
@NullMarked
package io.raftoral.raft.log;

import org.jspecify.annotations.NullMarked;
