/**
 * Makes an annotated class do what its annotations say: assignments of replicated fields and calls of side effects become
 * calls of the plain API. {@link io.raftoral.workflow.weave.Twin} does it when a class is registered, {@link
 * io.raftoral.workflow.weave.WeaveMain} at build time, both with the same {@code ClassWeaver}. Depends on the class-file
 * helpers of {@code bytecode}, and at run time on the plain API.
 */
@NullMarked
package io.raftoral.workflow.weave;

import org.jspecify.annotations.NullMarked;
