/**
 * The messages, entries and states that nodes exchange and store, as records. Depends on {@code membership} records
 * alone; everything in the core may depend on it.
 */
@NullMarked
package io.raftoral.raft.message;

import org.jspecify.annotations.NullMarked;
