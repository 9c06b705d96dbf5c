/** The simulated disk behind the driver's log port: what is durable, what is only written, and what a crash leaves of it. */
@NullMarked
package io.raftoral.simulation.disk;

import org.jspecify.annotations.NullMarked;
