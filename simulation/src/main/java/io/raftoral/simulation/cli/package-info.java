/** The {@code simulate} command. */
@NullMarked
package io.raftoral.simulation.cli;

import org.jspecify.annotations.NullMarked;
