/**
 * A simulated cluster for tests of one's own workflows: virtual time, faults at will, and a replay with a crash of the
 * leader at every step. Stands on {@code cluster} and {@code workflow}; needs JUnit's API on the class path.
 */
@NullMarked
package io.raftoral.simulation.junit;

import org.jspecify.annotations.NullMarked;
