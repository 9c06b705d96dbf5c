/** Tests of the determinism lint. */
@NullMarked
package io.raftoral.workflow.lint;

import org.jspecify.annotations.NullMarked;
