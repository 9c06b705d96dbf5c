/**
 * Finds non-deterministic code in workflows: one table of rules ({@link io.raftoral.workflow.lint.Rule}, {@code RuleTable})
 * and one scan over class files ({@code Scan}), run when a class is registered. Depends on {@code bytecode}, on the shape of
 * workflow classes in {@code weave}, and on the JDK.
 */
@NullMarked
package io.raftoral.workflow.lint;

import org.jspecify.annotations.NullMarked;
