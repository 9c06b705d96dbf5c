/**
 * Values as JSON: readable, and the same bytes for the same value on every replica. Depends on the public API alone.
 */
@NullMarked
package io.raftoral.workflow.engine.payload;

import org.jspecify.annotations.NullMarked;
