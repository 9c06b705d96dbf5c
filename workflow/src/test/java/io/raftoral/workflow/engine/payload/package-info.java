/** Values and their JSON. */
@NullMarked
package io.raftoral.workflow.engine.payload;

import org.jspecify.annotations.NullMarked;
