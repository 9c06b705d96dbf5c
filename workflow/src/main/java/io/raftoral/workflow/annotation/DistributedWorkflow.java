package io.raftoral.workflow.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A class whose objects are runs of a workflow. Every replica makes its own object, by the class's constructor, and calls
 * its <em>entry method</em>: the one public method that is neither static nor annotated (or, in a class without a public
 * one, the only method that is not private). Its parameters are the input, its return value is the result; both have to
 * survive a round trip through JSON.
 *
 * <p>The code is plain, single-threaded Java and has to be deterministic: time, chance and sleep come from {@link
 * io.raftoral.workflow.Workflow}, the outside world from {@link SideEffect} methods, what has to be remembered is kept in
 * {@link Replicated} fields. The lint says where it is not.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface DistributedWorkflow {
  /** The name under which runs are started and listed; the class's simple name unless said otherwise. */
  String name() default "";

  /** Positive; raise it when the order or the names of durable operations change. */
  int version() default 1;
}
