/**
 * A window on the core's transitions, detailed enough to validate a run against a TLA+ specification of Raft. Depends
 * on the records of {@code message} and {@code membership}.
 */
@NullMarked
package io.raftoral.raft.trace;

import org.jspecify.annotations.NullMarked;
