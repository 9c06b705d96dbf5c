package io.raftoral.simulation.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a failing plan small: fewer faults by delta debugging (Zeller and Hildebrandt, "Simplifying and isolating
 * failure-inducing input", 2002), then fewer operations, fewer nodes, less time, rounder durations.
 *
 * <p>A smaller plan counts only if it fails in the same way, which is for the predicate to say: a shrinker that accepts
 * any failure slips from the bug that was found to another one.
 */
public final class PlanShrinker {
  /** Runs spent on one plan unless said otherwise. */
  public static final int DEFAULT_BUDGET_RUNS = 400;

  private final Predicate<SimPlan> stillFails;
  private int runsLeft;

  /**
   * A shrinker that runs at most {@code budgetRuns} plans.
   *
   * @param stillFails runs a plan and says whether the same invariant fails
   */
  public PlanShrinker(Predicate<SimPlan> stillFails, int budgetRuns) {
    this.stillFails = stillFails;
    this.runsLeft = budgetRuns;
  }

  /**
   * The smallest plan that was found to fail still.
   *
   * @param failedAtMs when the violation was seen; nothing after it matters
   */
  public SimPlan shrink(SimPlan plan, long failedAtMs) {
    SimPlan best = accept(plan, cut(plan, failedAtMs));
    SimPlan before;
    do {
      before = best;
      best = fewerFaults(best);
      best = fewerOperations(best);
      best = fewerNodes(best);
      best = shorterFaults(best);
    } while (runsLeft > 0 && !best.equals(before));
    return best;
  }

  private static SimPlan cut(SimPlan plan, long failedAtMs) {
    if (failedAtMs >= plan.faultMs()) {
      return plan;
    }
    List<Fault> earlier = plan.faults().stream().filter(fault -> fault.atMs() <= failedAtMs).toList();
    return plan.withFaults(earlier).withTimes(failedAtMs + 1, 0);
  }

  private SimPlan accept(SimPlan best, SimPlan candidate) {
    return !candidate.equals(best) && fails(candidate) ? candidate : best;
  }

  private boolean fails(SimPlan candidate) {
    return runsLeft-- > 0 && stillFails.test(candidate);
  }

  /** Delta debugging: take out ever smaller chunks as long as the rest still fails. */
  private SimPlan fewerFaults(SimPlan plan) {
    List<Fault> faults = plan.faults();
    int chunk = Math.max(1, faults.size() / 2);
    while (!faults.isEmpty() && runsLeft > 0) {
      boolean smaller = false;
      for (int from = 0; from < faults.size() && runsLeft > 0; ) {
        List<Fault> rest = new ArrayList<>(faults.subList(0, from));
        rest.addAll(faults.subList(Math.min(faults.size(), from + chunk), faults.size()));
        if (fails(plan.withFaults(rest))) {
          faults = List.copyOf(rest);
          smaller = true;
        } else {
          from += chunk;
        }
      }
      if (chunk == 1 && !smaller) {
        break;
      }
      chunk = Math.max(1, chunk / 2);
    }
    return plan.withFaults(faults);
  }

  private SimPlan fewerOperations(SimPlan plan) {
    SimPlan best = plan;
    for (int clients = best.workload().clients() / 2; clients >= 1 && runsLeft > 0; clients /= 2) {
      SimPlan candidate = best.withWorkload(best.workload().limited(clients, best.workload().operations()));
      if (!fails(candidate)) {
        break;
      }
      best = candidate;
    }
    for (int operations = best.workload().operations() / 2; operations >= 1 && runsLeft > 0; operations /= 2) {
      SimPlan candidate = best.withWorkload(best.workload().limited(best.workload().clients(), operations));
      if (!fails(candidate)) {
        break;
      }
      best = candidate;
    }
    for (int workflows = best.workload().workflows() / 2; workflows >= 1 && runsLeft > 0; workflows /= 2) {
      SimPlan candidate = best.withWorkload(best.workload().withWorkflows(workflows));
      if (!fails(candidate)) {
        break;
      }
      best = candidate;
    }
    return best;
  }

  private SimPlan fewerNodes(SimPlan plan) {
    SimPlan best = plan;
    if (best.spares() > 0) {
      best = accept(best, best.withNodes(best.nodes(), 0));
    }
    while (best.nodes() > 3 && runsLeft > 0) {
      SimPlan candidate = best.withNodes(best.nodes() - (best.nodes() % 2 == 1 ? 2 : 1), best.spares());
      if (!fails(candidate)) {
        break;
      }
      best = candidate;
    }
    return best;
  }

  private SimPlan shorterFaults(SimPlan plan) {
    SimPlan best = plan;
    for (int i = 0; i < best.faults().size() && runsLeft > 0; i++) {
      Fault fault = best.faults().get(i);
      for (long shorter : new long[] {0, fault.durationMs() / 4, fault.durationMs() / 2, round(fault.durationMs())}) {
        if (shorter < fault.durationMs() && runsLeft > 0) {
          List<Fault> changed = new ArrayList<>(best.faults());
          changed.set(i, fault.lasting(shorter));
          SimPlan candidate = best.withFaults(changed);
          if (fails(candidate)) {
            best = candidate;
            break;
          }
        }
      }
    }
    return best;
  }

  private static long round(long ms) {
    return ms >= 1000 ? ms / 1000 * 1000 : ms >= 100 ? ms / 100 * 100 : ms;
  }
}
