/** Bugs planted from outside, to see that the simulator finds them: production classes are patched when they are loaded. */
@NullMarked
package io.raftoral.simulation.planted;

import org.jspecify.annotations.NullMarked;
