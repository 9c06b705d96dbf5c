/**
 * Threads, clocks and timers as the engine sees them. Depends on nothing; whatever else the engine does goes through
 * {@link io.raftoral.workflow.engine.runtime.EngineRuntime}.
 */
@NullMarked
package io.raftoral.workflow.engine.runtime;

import org.jspecify.annotations.NullMarked;
