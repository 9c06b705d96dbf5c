package io.raftoral.workflow.annotation;

import io.raftoral.workflow.Delivery;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A method that touches the outside world. The active node runs it and checkpoints its outcome, value or exception; a
 * passive one takes the outcome from the journal. Whatever the method throws is thrown to the workflow by its type, on
 * every replica alike; the exception is made anew from its message, so its class needs a constructor that takes a message
 * or nothing. One that has neither arrives as {@link io.raftoral.workflow.SideEffectFailedException}.
 *
 * <p>Inside the method, {@link io.raftoral.workflow.Workflow#idempotencyKey()} and its neighbours say what to tell the
 * world; durable operations are refused there. A side effect that is called by another one is a part of it. Outside a run,
 * as in a unit test of the class, the method is an ordinary one.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface SideEffect {
  /** What the effect is called in the journal and for the outside world; the method's name unless said otherwise. */
  String name() default "";

  /** How often it may run when nodes fail. */
  Delivery delivery() default Delivery.AT_LEAST_ONCE;

  /** When to try again after a failure; a single attempt unless said otherwise. */
  Retry retry() default @Retry(attempts = 1, backoff = "0s");

  /** How long an attempt may take: {@code 10s}, {@code 500ms}, {@code 2m}, {@code 1h}, or ISO 8601. Empty for no limit. */
  String timeout() default "";

  /**
   * The name of a method of the same class that a replica calls, with the outcome if it takes a parameter, when it takes
   * the outcome from the journal instead of running the effect. For local bookkeeping such as warming a cache.
   */
  String noOp() default "";
}
