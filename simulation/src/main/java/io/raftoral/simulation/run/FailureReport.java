package io.raftoral.simulation.run;

import io.raftoral.simulation.check.Invariant;
import io.raftoral.simulation.check.Violation;
import io.raftoral.simulation.plan.PlanJson;
import io.raftoral.simulation.plan.PlanShrinker;
import io.raftoral.simulation.plan.SimPlan;
import io.raftoral.simulation.trace.ColumnTrace;
import io.raftoral.simulation.trace.HtmlTimeline;
import io.raftoral.simulation.trace.Trace;
import io.raftoral.simulation.trace.TraceLine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/** Makes a failure small and tells a person about it. */
public final class FailureReport {
  private static final int SHOWN_LINES = 60;
  private static final int PAGE_LINES = 3_000;

  private FailureReport() {}

  /**
   * A failure after shrinking.
   *
   * @param small the run of the smallest plan that was found to fail in the same way
   * @param planFile where that plan was written
   * @param page where its time line was written
   */
  public record Shrunk(RunResult original, RunResult small, Path planFile, Path page) {

    /** Everything a person needs, the replay command last. */
    public String text() {
      SimPlan plan = small.plan();
      Violation violation = Objects.requireNonNull(small.violation());
      List<TraceLine> lines = small.trace();
      return "FAILED seed " + plan.seed() + " (profile " + plan.profile() + ", " + plan.nodes() + " nodes): " + violation
          + "\n\nshrunk from " + original.plan().faults().size() + " faults to " + plan.faults().size() + ":\n"
          + faults(plan)
          + "\nlast events:\n"
          + ColumnTrace.render(lines.subList(Math.max(0, lines.size() - SHOWN_LINES), lines.size()), plan.allNodes())
          + "\nplan:     " + planFile
          + "\ntimeline: " + page
          + "\nreplay:   ./raftoral simulate --plan " + planFile + "\n";
    }

    private static String faults(SimPlan plan) {
      StringBuilder text = new StringBuilder();
      plan.faults().forEach(fault -> text.append("  ").append(fault).append('\n'));
      return text.toString();
    }
  }

  /**
   * Shrinks a failure and writes its plan and its time line into a directory.
   *
   * @param budgetRuns how many runs shrinking may take; 0 not to shrink
   */
  public static Shrunk of(RunResult failed, int budgetRuns, Path directory) {
    Violation violation = Objects.requireNonNull(failed.violation());
    Invariant invariant = violation.invariant();
    PlanShrinker shrinker =
        new PlanShrinker(
            plan -> {
              Violation again = Simulation.run(plan).violation();
              return again != null && again.invariant() == invariant;
            },
            budgetRuns);
    // A liveness failure is seen at the end; what matters for it may lie anywhere before.
    boolean late = invariant.kind() == Invariant.Kind.LIVENESS || invariant == Invariant.I8_LINEARIZABLE;
    SimPlan small = shrinker.shrink(failed.plan(), late ? failed.plan().faultMs() : violation.atNanos() / 1_000_000);
    RunResult again = Simulation.run(small, Trace.full());
    if (again.violation() == null) {
      throw new IllegalStateException("plan of seed " + small.seed() + " failed once and passes now: not deterministic");
    }
    Path planFile = directory.resolve("seed-" + small.seed() + "-" + small.profile() + ".json");
    Path page = directory.resolve("seed-" + small.seed() + "-" + small.profile() + ".html");
    PlanJson.write(planFile, small);
    List<TraceLine> lines = again.trace();
    List<TraceLine> shown = lines.subList(Math.max(0, lines.size() - PAGE_LINES), lines.size());
    try {
      Files.writeString(page, HtmlTimeline.render(
          "seed " + small.seed(), again.violation() + "\nreplay   ./raftoral simulate --plan " + planFile, shown,
          small.allNodes()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + page + ": " + e.getMessage(), e);
    }
    return new Shrunk(failed, again, planFile, page);
  }
}
