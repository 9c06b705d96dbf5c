/**
 * The front door: the {@code raftoral} command, the demo, and sample workflows to learn from.
 *
 * <p>Start at {@link io.raftoral.examples.Main}. Everything here uses Raftoral as an embedding service does: through
 * {@code io.raftoral.workflow} alone. Nothing may depend on this module.
 */
@NullMarked
package io.raftoral.examples;

import org.jspecify.annotations.NullMarked;
