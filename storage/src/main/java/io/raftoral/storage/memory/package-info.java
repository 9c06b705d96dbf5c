/**
 * The stores of the simulator: the production log store and a state store over a disk in memory that loses, fails and
 * flips what it is told to. No thread, no clock, no randomness.
 */
@NullMarked
package io.raftoral.storage.memory;

import org.jspecify.annotations.NullMarked;
