/** What must hold: invariants checked after every event at a cost in proportion to what changed, and client histories. */
@NullMarked
package io.raftoral.simulation.check;

import org.jspecify.annotations.NullMarked;
