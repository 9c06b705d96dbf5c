/** A simulated cluster: production driver and core on simulated nodes, the clients that use it, the faults that hit it. */
@NullMarked
package io.raftoral.simulation.cluster;

import org.jspecify.annotations.NullMarked;
