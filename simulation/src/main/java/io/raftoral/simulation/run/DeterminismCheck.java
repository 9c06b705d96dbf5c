package io.raftoral.simulation.run;

import io.raftoral.simulation.plan.SimPlan;
import io.raftoral.simulation.trace.ColumnTrace;
import io.raftoral.simulation.trace.Trace;
import io.raftoral.simulation.trace.TraceLine;
import java.util.ArrayList;
import java.util.List;

/** Compares two runs of one plan. */
public final class DeterminismCheck {
  private DeterminismCheck() {}

  /** Where two runs of the plan first differ, for a person; says so if they do not. */
  public static String firstDifference(SimPlan plan) {
    List<Long> first = new ArrayList<>();
    RunResult one = Simulation.run(plan, Trace.full(), world -> first.add(world.hash()));
    int[] event = {0};
    int[] different = {-1};
    RunResult two =
        Simulation.run(
            plan,
            Trace.full(),
            world -> {
              int i = event[0]++;
              if (different[0] < 0 && (i >= first.size() || first.get(i) != world.hash())) {
                different[0] = i;
              }
            });
    if (different[0] < 0) {
      return "but not when both are looked at";
    }
    return "first different event is number " + different[0] + "; around it\n" + lines(one.trace(), two.trace());
  }

  private static String lines(List<TraceLine> one, List<TraceLine> two) {
    for (int i = 0; i < Math.min(one.size(), two.size()); i++) {
      String left = ColumnTrace.line(one.get(i));
      String right = ColumnTrace.line(two.get(i));
      if (!left.equals(right)) {
        return "  once:  " + left + "\n  again: " + right;
      }
    }
    return "  the traces are equal";
  }
}
