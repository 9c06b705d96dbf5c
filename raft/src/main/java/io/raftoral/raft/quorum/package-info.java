/** Majorities and joint majorities: pure functions of who acknowledged what. Depends on nothing. */
@NullMarked
package io.raftoral.raft.quorum;

import org.jspecify.annotations.NullMarked;
