/** Virtual time, randomness split by name, the event queue and its hash. Depends on nothing; everything in the module stands on it. */
@NullMarked
package io.raftoral.simulation.world;

import org.jspecify.annotations.NullMarked;
