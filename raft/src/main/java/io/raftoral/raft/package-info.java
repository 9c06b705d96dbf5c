/** What an embedder of the Raft core sees. */
@NullMarked
package io.raftoral.raft;

import org.jspecify.annotations.NullMarked;
