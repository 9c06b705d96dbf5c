package io.raftoral.workflow.engine.run;

/**
 * Bounds of what workflows may use. Exceeding one is an exception at the call that does.
 *
 * @param maxPayloadBytes of one input, value or result as JSON
 * @param maxJournal positions of one run's journal
 * @param maxOpenRuns runs that have not ended; beyond it, starts are refused as overload
 * @param maxOutstandingStarts starts that were proposed on this node and not yet applied
 */
public record RunLimits(int maxPayloadBytes, int maxJournal, int maxOpenRuns, int maxOutstandingStarts) {
  /** 1 MiB, 50 000 positions, 1 000 000 open runs, 10 000 outstanding starts. */
  public static final RunLimits DEFAULT = new RunLimits(1 << 20, 50_000, 1_000_000, 10_000);

  /** Checks the ranges. */
  public RunLimits {
    if (maxPayloadBytes < 1 || maxJournal < 2 || maxOpenRuns < 1 || maxOutstandingStarts < 1) {
      throw new IllegalArgumentException("limits must be positive, and a journal holds at least two positions");
    }
  }
}
