/** The simulated network behind the driver's transport port. */
@NullMarked
package io.raftoral.simulation.network;

import org.jspecify.annotations.NullMarked;
