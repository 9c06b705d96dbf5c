package io.raftoral.workflow.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A field of a workflow whose every assignment is a checkpoint: {@code =}, {@code ++}, {@code +=}, from the class itself,
 * its lambdas and its nested classes. What the constructor and the initializers assign is the field's initial value and no
 * checkpoint.
 *
 * <p>Only assignments are seen, so the value must not be changed in place: use values (numbers, strings, enums, records,
 * {@code java.time}), or {@link io.raftoral.workflow.ReplicatedList} and {@link io.raftoral.workflow.ReplicatedMap}, whose
 * changes are checkpoints of their own. A field that is static, final, or of a mutable container type is refused.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Replicated {
  /** What the variable is called in the journal and in {@code describe}; the field's name unless said otherwise. */
  String name() default "";
}
