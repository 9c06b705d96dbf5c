/**
 * The replicated state: commands, the applier, the layout of keys in the store, snapshots and reads. Deterministic:
 * the same log gives the same state on every node. Knows no thread, clock or network.
 */
@NullMarked
package io.raftoral.workflow.engine.state;

import org.jspecify.annotations.NullMarked;
