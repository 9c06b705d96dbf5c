package io.raftoral.simulation.run;

import io.raftoral.simulation.check.Marks;
import io.raftoral.simulation.check.Violation;
import io.raftoral.simulation.plan.SimPlan;
import io.raftoral.simulation.trace.TraceLine;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of one run.
 *
 * @param hash over everything that happened: equal for equal runs
 * @param violation null if every invariant held
 * @param trace what was kept of it
 */
public record RunResult(
    SimPlan plan, long hash, Counts counts, Marks marks, @Nullable Violation violation, List<TraceLine> trace) {

  /**
   * How much happened.
   *
   * @param workflows that have ended
   * @param checkpoints positions of all journals
   * @param effects that have begun
   * @param cutEffects that were cut short by a crash, a lost lease or a transfer: failovers in the middle of a step
   * @param undecided histories that the linearizability checker could not decide
   */
  public record Counts(
      long runs,
      long events,
      long simulatedNanos,
      long faults,
      long elections,
      long messages,
      long diskOperations,
      long operations,
      long unanswered,
      long committed,
      long workflows,
      long checkpoints,
      long effects,
      long cutEffects,
      long undecided) {

    /** Nothing yet. */
    public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    /** Both together. */
    public Counts plus(Counts that) {
      return new Counts(
          runs + that.runs,
          events + that.events,
          simulatedNanos + that.simulatedNanos,
          faults + that.faults,
          elections + that.elections,
          messages + that.messages,
          diskOperations + that.diskOperations,
          operations + that.operations,
          unanswered + that.unanswered,
          committed + that.committed,
          workflows + that.workflows,
          checkpoints + that.checkpoints,
          effects + that.effects,
          cutEffects + that.cutEffects,
          undecided + that.undecided);
    }
  }

  /** Whether every invariant held. */
  public boolean ok() {
    return violation == null;
  }
}
