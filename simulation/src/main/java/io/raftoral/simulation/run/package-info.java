/** Running plans: one, many seeds, and what to say about a failure. */
@NullMarked
package io.raftoral.simulation.run;

import org.jspecify.annotations.NullMarked;
