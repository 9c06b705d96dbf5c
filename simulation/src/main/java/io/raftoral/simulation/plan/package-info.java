/** Simulation plans: what a run is made of, as values; their JSON, how they are drawn from a seed and how they shrink. Runs nothing itself. */
@NullMarked
package io.raftoral.simulation.plan;

import org.jspecify.annotations.NullMarked;
