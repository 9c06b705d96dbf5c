/** What the codec of Raft messages costs. Depends on {@code raftoral-proto}; nothing depends on it. */
@NullMarked
package io.raftoral.benchmarks.codec;

import org.jspecify.annotations.NullMarked;
