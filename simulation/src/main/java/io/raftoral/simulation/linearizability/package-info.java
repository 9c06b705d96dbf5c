/** A linearizability checker for histories of any model. Depends on nothing and may be used on its own. */
@NullMarked
package io.raftoral.simulation.linearizability;

import org.jspecify.annotations.NullMarked;
