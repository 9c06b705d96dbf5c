/**
 * The workflow engine under simulation: its threads as events, its state on a simulated disk, the outside world that
 * its effects act upon, random workflows and what must be true of them. Depends on {@code world}, {@code check} and
 * {@code trace}; knows nothing of nodes and networks, which are the business of {@code cluster}.
 */
@NullMarked
package io.raftoral.simulation.workflow;

import org.jspecify.annotations.NullMarked;
