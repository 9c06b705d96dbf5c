/**
 * Class files as the weaver and the lint read them: where their bytes come from, who extends whom, what is annotated.
 * Depends on the JDK's ClassFile API alone, so that it also works inside javac.
 */
@NullMarked
package io.raftoral.workflow.bytecode;

import org.jspecify.annotations.NullMarked;
