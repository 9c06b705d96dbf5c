package io.raftoral.simulation.junit;

import io.raftoral.simulation.check.Invariant;
import io.raftoral.simulation.check.Marks;
import io.raftoral.simulation.check.Violation;
import io.raftoral.simulation.cluster.ClusterControl;
import io.raftoral.simulation.cluster.SimCluster;
import io.raftoral.simulation.plan.Knobs;
import io.raftoral.simulation.plan.SimPlan;
import io.raftoral.simulation.plan.Workload;
import io.raftoral.simulation.trace.Trace;
import io.raftoral.simulation.workflow.EngineSetup;
import io.raftoral.simulation.workflow.SimRuntime;
import io.raftoral.simulation.workflow.StrandThreads;
import io.raftoral.simulation.world.SimRandom;
import io.raftoral.simulation.world.World;
import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.EngineConfig;
import io.raftoral.workflow.engine.WorkflowEngine;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** One cluster from its first event to its last, and the only place where its time passes. */
final class Session {
  /** Raft time that a test waits for anything, at most. Time that is leapt over does not count. */
  static final Duration PATIENCE = Duration.ofMinutes(10);

  /** Alarms that are nearer are waited for: some of them wait for Raft, for which no time passes in a leap. */
  private static final long MIN_LEAP_NANOS = 5_000_000_000L;

  private static final Knobs KNOBS =
      new Knobs(20, 20, 4, true, true, true, false, 200, 300, 0, true, 20, 200, 1_000, 64, 16 * 1024, 20, 1);

  private final World world;
  private final SimCluster cluster;
  private final ClusterControl control;
  private final int size;
  private final Map<Integer, Map<String, Long>> positions = new TreeMap<>();

  Session(int size, long seed, List<WorkflowType<?, ?>> types, NodeListener listener, StrandThreads.Kind threads) {
    this.size = size;
    world = new World(seed);
    SimPlan plan = SimPlan.calm(seed, size, Long.MAX_VALUE / 2).withKnobs(KNOBS).withWorkload(Workload.DEFAULT);
    Setup setup = new Setup(types, listener, threads);
    cluster = new SimCluster(world, plan, Trace.recent(), new Marks(), setup, threads);
    control = new ClusterControl(cluster);
    cluster.start();
    await("a leader", () -> control.active() != 0);
  }

  int size() {
    return size;
  }

  ClusterControl control() {
    return control;
  }

  /** The wall clock of the whole cluster, in milliseconds since the epoch. */
  long nowMs() {
    return control.nowMs(1);
  }

  /** The last position of a workflow that a node has applied; -1 if it has not even applied the start. */
  long position(int node, String workflowId) {
    return positions.getOrDefault(node, Map.of()).getOrDefault(workflowId, -1L);
  }

  /** Up to which index a node has applied the log; 0 if it is down. */
  long applied(int node) {
    WorkflowEngine engine = control.engine(node);
    return engine == null ? 0 : engine.status().appliedIndex();
  }

  /** Runs events, leaping over idle time, until something is so. */
  void await(String what, BooleanSupplier done) {
    long deadline = world.nowNanos() + PATIENCE.toNanos();
    while (!done.getAsBoolean()) {
      if (world.nowNanos() > deadline) {
        throw new AssertionError(
            what + " did not come within " + PATIENCE.toMinutes() + " simulated minutes" + cluster.describeNodes());
      }
      step(Long.MAX_VALUE);
    }
  }

  /** Lets time pass on the clocks of the walls. */
  void advance(Duration duration) {
    long untilMs = nowMs() + duration.toMillis();
    while (nowMs() < untilMs) {
      step((untilMs - nowMs()) * 1_000_000);
    }
  }

  /** Lets Raft's time pass, without a leap, until something is so or the time is over. */
  boolean runFor(Duration duration, BooleanSupplier done) {
    long until = world.nowNanos() + duration.toNanos();
    while (world.nowNanos() < until) {
      if (done.getAsBoolean()) {
        return true;
      }
      world.step(until);
      check();
    }
    return done.getAsBoolean();
  }

  /** One event, or one leap of at most so much. */
  private void step(long maxLeapNanos) {
    if (control.isIdle()) {
      long alarm = control.nextAlarmNanos();
      long leap = Math.min(alarm < 0 ? Long.MAX_VALUE : alarm, maxLeapNanos);
      if (leap >= MIN_LEAP_NANOS && leap < Long.MAX_VALUE) {
        control.leap(leap);
      }
    }
    world.step(world.nowNanos() + 1_000_000_000);
    check();
  }

  /** Fails if Raftoral itself has broken a promise. */
  void check() {
    Violation violation = cluster.checks().violation();
    if (violation != null) {
      throw new AssertionError("Raftoral itself has failed (please report this): " + violation);
    }
  }

  /** The user's workflows on every node. */
  private final class Setup implements EngineSetup {
    private final List<WorkflowType<?, ?>> types;
    private final NodeListener listener;
    private final StrandThreads.Kind threads;

    private Setup(List<WorkflowType<?, ?>> types, NodeListener listener, StrandThreads.Kind threads) {
      this.types = types;
      this.listener = listener;
      this.threads = threads;
    }

    @Override
    public EngineConfig config(int node, SimRandom random) {
      return EngineConfig.of("simulated", "n" + node, SimCluster.GROUP);
    }

    @Override
    public List<WorkflowType<?, ?>> types(int node, SimRuntime runtime) {
      return types;
    }

    @Override
    public StrandThreads.Kind threads() {
      return threads;
    }

    @Override
    public NodeListener listener(int node) {
      return new NodeListener() {
        @Override
        public void activated(String name, long term) {
          listener.activated(name, term);
        }

        @Override
        public void deactivated(String name, long term) {
          listener.deactivated(name, term);
        }

        @Override
        public void checkpointApplied(String name, String workflowId, long position, long term) {
          positions.computeIfAbsent(node, any -> new TreeMap<>()).merge(workflowId, position, Math::max);
          listener.checkpointApplied(name, workflowId, position, term);
        }

        @Override
        public void runBlocked(String name, String workflowId, String problem) {
          listener.runBlocked(name, workflowId, problem);
          blocked(name, workflowId, problem);
        }
      };
    }
  }

  /** A replica has seen the workflow's code do something else than before: the code is not deterministic. */
  private void blocked(String node, String workflowId, String problem) {
    cluster.violated(
        Invariant.I9_JOURNAL,
        0,
        "the code of " + workflowId + " to do the same on every node",
        "on " + node + ": " + problem);
  }
}
