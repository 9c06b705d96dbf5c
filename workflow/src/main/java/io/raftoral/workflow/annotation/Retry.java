package io.raftoral.workflow.annotation;

import java.lang.annotation.Documented;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** When a failed side effect is tried again; attempts and the time between them survive failover. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({})
public @interface Retry {
  /** How often in all; at least 1. */
  int attempts();

  /** How long to wait after the first failure, such as {@code 1s}; doubles with each further one. */
  String backoff() default "1s";

  /** The longest wait; a minute, or {@link #backoff} if that is longer, unless said otherwise. */
  String maxBackoff() default "";

  /** Exceptions after which there is no further attempt. */
  Class<? extends Throwable>[] notOn() default {};

  /**
   * Exceptions that prove that the effect did not happen. Only after one of these is an at-most-once effect tried again.
   */
  Class<? extends Throwable>[] notExecutedOn() default {};
}
