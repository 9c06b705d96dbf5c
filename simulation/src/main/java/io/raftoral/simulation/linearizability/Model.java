package io.raftoral.simulation.linearizability;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an object does when nobody else uses it: the sequential specification that a history is held against.
 *
 * @param <S> the state; immutable, with {@code equals} and {@code hashCode}
 * @param <I> what an operation was asked
 * @param <O> what it answered
 */
public interface Model<S, I, O> {

  /** The state before the first operation. */
  S initial();

  /** The state after the operation, or empty if it cannot answer {@code output} in {@code state}. */
  Optional<S> step(S state, I input, O output);

  /** The state after an operation whose answer nobody saw. */
  S stepUnknown(S state, I input);

  /**
   * Which part of the object the operation touches. Operations of different parts do not see each other, so that each
   * part can be checked alone (Horn and Kroening, "Faster linearizability checking via P-compositionality").
   */
  default Object part(I input) {
    return "";
  }

  /** The operation as a person wants to read it. */
  default String describe(I input, @Nullable O output) {
    return output == null ? input + " -> ?" : input + " -> " + output;
  }
}
