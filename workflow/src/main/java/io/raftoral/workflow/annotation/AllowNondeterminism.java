package io.raftoral.workflow.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Tells the determinism lint that what it finds in this class or method is meant to be there, and why that is right. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.CONSTRUCTOR})
public @interface AllowNondeterminism {
  /** Why every replica computes the same nevertheless. Must not be blank: the lint reports a suppression without one. */
  String reason();

  /** The rules that are allowed here, by the ids that the lint prints in brackets; all of them if empty. */
  String[] rules() default {};
}
