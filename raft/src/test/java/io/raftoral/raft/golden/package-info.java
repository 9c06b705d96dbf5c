/** Interactions of bare cores, written as text: see {@code GoldenTest}. */
@NullMarked
package io.raftoral.raft.golden;

import org.jspecify.annotations.NullMarked;
