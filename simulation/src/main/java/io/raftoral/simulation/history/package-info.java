/**
 * Histories of other people's tests, as Jepsen writes them, made ready for the linearizability checker. Depends on that
 * checker alone.
 */
@NullMarked
package io.raftoral.simulation.history;

import org.jspecify.annotations.NullMarked;
