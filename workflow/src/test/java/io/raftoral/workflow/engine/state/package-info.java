/** The applier by itself: commands in, state and consequences out. */
@NullMarked
package io.raftoral.workflow.engine.state;

import org.jspecify.annotations.NullMarked;
