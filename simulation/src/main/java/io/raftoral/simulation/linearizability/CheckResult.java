package io.raftoral.simulation.linearizability;

import org.jspecify.annotations.Nullable;

/**
 * What the checker found.
 *
 * @param explained why a history is illegal, for a person to read; null otherwise
 * @param steps how many steps of the model were tried
 */
public record CheckResult(Verdict verdict, @Nullable String explained, long steps) {

  /** How a history stands. */
  public enum Verdict {
    /** There is an order of the operations that explains every answer. */
    LINEARIZABLE,
    /** There is none. */
    ILLEGAL,
    /** The budget was used up before either was found. Never to be taken for a success. */
    UNKNOWN
  }
}
