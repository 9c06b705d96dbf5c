/** Tests of {@code io.raftoral.raft.progress}. */
@NullMarked
package io.raftoral.raft.progress;

import org.jspecify.annotations.NullMarked;
