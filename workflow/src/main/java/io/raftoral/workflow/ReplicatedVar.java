package io.raftoral.workflow;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A variable of a workflow whose assignments are replicated: after a failover the next node has it with the value it
 * had. Values must not be changed in place; assign a new one.
 */
public interface ReplicatedVar<T extends @Nullable Object> {
  /** The variable's name. */
  String name();

  /** The value last assigned. Costs nothing. */
  T get();

  /**
   * Assigns. Every replica computes the same value and checks that it did; the thread does not wait for the commit.
   *
   * @throws LimitExceededException if the value's encoding is larger than a payload may be
   */
  void set(T value);

  /** Assigns what {@code change} makes of the present value, and returns it. */
  T update(UnaryOperator<T> change);
}
