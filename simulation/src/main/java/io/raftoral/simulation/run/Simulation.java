package io.raftoral.simulation.run;

import io.raftoral.simulation.check.Invariant;
import io.raftoral.simulation.check.Marks;
import io.raftoral.simulation.check.Violation;
import io.raftoral.simulation.cluster.HistoryCheck;
import io.raftoral.simulation.cluster.SimCluster;
import io.raftoral.simulation.plan.SimPlan;
import io.raftoral.simulation.trace.Trace;
import io.raftoral.simulation.trace.TraceLine;
import io.raftoral.simulation.workflow.RandomWorkflows;
import io.raftoral.simulation.workflow.StrandThreads;
import io.raftoral.simulation.world.World;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run of one plan, from the first event to the verdict.
 *
 * <p>Two phases: in the first, faults happen and only safety is checked, after every event. Then everything is healed,
 * and the cluster must answer every client, agree, and come to rest within a bound. At last the clients' history is
 * checked.
 */
public final class Simulation {
  private static final long POLL_NANOS = 100_000_000;
  /** On top, for workflows to sleep their sleeps to the end. */
  private static final long WORKFLOW_NANOS = 60_000_000_000L;

  /** At least so long for nodes to agree when workflows have ended. */
  private static final long REST_NANOS = 5_000_000_000L;

  private static final int RECOVERY_ELECTION_TIMEOUTS = 60;

  private final SimPlan plan;
  private final Trace trace;
  private final Marks marks = new Marks();
  private final World world;
  private final SimCluster cluster;
  private long undecided;

  private Simulation(SimPlan plan, Trace trace, StrandThreads.Kind threads, @Nullable Consumer<World> observer) {
    this.plan = plan;
    this.trace = trace;
    this.world = new World(plan.seed());
    this.cluster = new SimCluster(world, plan, trace, marks, null, threads);
    if (observer != null) {
      world.observe(event -> observer.accept(world));
    }
  }

  /** Runs a plan and keeps the last lines of its trace. */
  public static RunResult run(SimPlan plan) {
    return run(plan, Trace.recent());
  }

  /** Runs a plan with another trace. */
  public static RunResult run(SimPlan plan, Trace trace) {
    return run(plan, trace, null);
  }

  /**
   * Runs a plan.
   *
   * @param observer told after every event, with the world as it is then
   */
  public static RunResult run(SimPlan plan, Trace trace, @Nullable Consumer<World> observer) {
    return new Simulation(plan, trace, StrandThreads.Kind.best(), observer).run();
  }

  /** Runs a plan on workflow threads of one kind; the kind makes no difference to what happens. */
  public static RunResult run(SimPlan plan, StrandThreads.Kind threads) {
    return new Simulation(plan, Trace.recent(), threads, null).run();
  }

  private RunResult run() {
    cluster.start();
    boolean ok = runUntil(plan.faultMs() * 1_000_000);
    if (ok && plan.healMs() > 0) {
      ok = recover();
    }
    if (ok) {
      checkHistory();
    }
    Violation violation = cluster.checks().violation();
    if (violation != null) {
      trace.add(world.nowNanos(), TraceLine.Kind.VIOLATION, violation.node(), 0, violation.invariant());
    }
    return new RunResult(plan, world.hash(), counts(), marks, violation, trace.lines());
  }

  private RunResult.Counts counts() {
    RandomWorkflows workflows = cluster.workflows();
    return new RunResult.Counts(
        1,
        world.executed(),
        world.nowNanos(),
        cluster.faultsInjected(),
        cluster.checks().elections(),
        cluster.messagesSent(),
        cluster.diskOperations(),
        cluster.history().completed(),
        cluster.history().pending(),
        cluster.checks().committed(),
        workflows == null ? 0 : workflows.finished(),
        workflows == null ? 0 : workflows.checkpoints(),
        workflows == null ? 0 : workflows.effects(),
        workflows == null ? 0 : workflows.cutEffects(),
        undecided);
  }

  /** Runs events up to a time; false as soon as something is wrong. */
  private boolean runUntil(long untilNanos) {
    while (cluster.checks().violation() == null) {
      if (!world.step(untilNanos)) {
        return true;
      }
    }
    return false;
  }

  private boolean recover() {
    cluster.heal();
    if (!cluster.canRecover()) {
      return true;
    }
    long timeouts = RECOVERY_ELECTION_TIMEOUTS * plan.knobs().electionTimeoutMs();
    long deadline = world.nowNanos() + Math.max(plan.healMs(), timeouts) * 1_000_000;
    if (!await(Invariant.PROGRESS, cluster::clientsWaitFor, deadline)) {
      return false;
    }
    cluster.stopClients();
    long workflowDeadline = deadline + WORKFLOW_NANOS;
    return await(Invariant.I11_NO_LOST_WORKFLOW, cluster::workflowsWaitFor, workflowDeadline)
        && await(Invariant.PROGRESS, cluster::nodesDifferIn, Math.max(deadline, world.nowNanos() + REST_NANOS));
  }

  private boolean await(Invariant promise, Supplier<@Nullable String> missing, long deadline) {
    String last = missing.get();
    while (last != null) {
      if (world.nowNanos() >= deadline) {
        if (!cluster.canRecover()) {
          // A change of members that was under way went through, and counts on machines that are broken for good.
          return true;
        }
        cluster.checks().violated(
            promise, 0, "a healed cluster to come to rest within " + (deadline / 1_000_000 - plan.faultMs()) + " ms", last);
        return false;
      }
      if (!runUntil(world.nowNanos() + POLL_NANOS)) {
        return false;
      }
      last = missing.get();
    }
    return true;
  }

  private void checkHistory() {
    HistoryCheck.Outcome outcome = HistoryCheck.check(cluster.history());
    undecided = outcome.undecided() ? 1 : 0;
    String problem = outcome.problem();
    if (problem != null) {
      cluster.checks().violated(Invariant.I8_LINEARIZABLE, 0, "an order of the operations that explains all answers", problem);
    }
  }
}
