package io.raftoral.simulation.check;

/**
 * An invariant that was found broken.
 *
 * @param node where it was seen, 0 if on no node
 * @param atNanos virtual time
 */
public record Violation(Invariant invariant, int node, long atNanos, String expected, String actual) {

  @Override
  public String toString() {
    return invariant + " (" + invariant.rule() + ")\n  at       " + atNanos / 1_000_000 + " ms"
        + (node > 0 ? " on node " + node : "")
        + "\n  expected " + expected + "\n  actual   " + actual;
  }
}
