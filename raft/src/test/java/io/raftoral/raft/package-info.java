/** Tests of the Raft core through its public face. */
@NullMarked
package io.raftoral.raft;

import org.jspecify.annotations.NullMarked;
