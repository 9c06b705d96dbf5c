/**
 * The engine as the node assembles it: one replicated state machine, with the workflows that it runs. {@code .state}
 * holds what is replicated, {@code .run} what runs, {@code .runtime} the seam to threads and clocks; they depend on
 * one another in the opposite order.
 */
@NullMarked
package io.raftoral.workflow.engine;

import org.jspecify.annotations.NullMarked;
