package io.raftoral.workflow;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A call to the outside world. The active node runs it and checkpoints its outcome, value or exception; a passive one
 * does nothing and takes the outcome from the journal.
 *
 * <p>The {@code with…} methods return a changed copy.
 */
public interface SideEffect<T extends @Nullable Object> {

  /** The effect's name. */
  String name();

  /** How often it may run when nodes fail; {@link Delivery#AT_LEAST_ONCE} unless said otherwise. */
  SideEffect<T> withDelivery(Delivery delivery);

  /** When to try again after a failure; {@link RetryPolicy#NONE} unless said otherwise. */
  SideEffect<T> withRetry(RetryPolicy retry);

  /** Interrupts an attempt that takes longer; it then has failed with {@link java.util.concurrent.TimeoutException}. */
  SideEffect<T> withTimeout(Duration timeout);

  /**
   * How long all attempts together may take, the waits between them included: no attempt begins later, and the last one
   * is interrupted then. Costs two readings of the clock.
   */
  SideEffect<T> withTotalTimeout(Duration timeout);

  /**
   * What a replica does in place of the effect when it takes the outcome from the journal: nothing unless said
   * otherwise. For local bookkeeping such as warming a cache; it must not touch the outside world and cannot change the
   * outcome.
   */
  SideEffect<T> withNoOp(Consumer<T> noOp);

  /**
   * Runs the effect, or takes its outcome.
   *
   * @throws SideEffectFailedException if the last attempt threw an exception, on every replica alike
   * @throws OutcomeUnknownException if an {@link Delivery#AT_MOST_ONCE} effect was begun and nobody can tell how it ended
   * @throws LimitExceededException if the outcome's encoding is larger than a payload may be
   */
  T call();
}
