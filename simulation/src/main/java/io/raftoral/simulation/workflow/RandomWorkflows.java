package io.raftoral.simulation.workflow;

import io.raftoral.simulation.check.Invariant;
import io.raftoral.simulation.check.Mark;
import io.raftoral.simulation.check.Marks;
import io.raftoral.simulation.world.EventKind;
import io.raftoral.simulation.world.SimRandom;
import io.raftoral.simulation.world.World;
import io.raftoral.workflow.EffectContext;
import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.EngineConfig;
import io.raftoral.workflow.engine.run.PassivationSettings;
import io.raftoral.workflow.engine.run.RunLimits;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Random workflows on a simulated cluster: their code, the world outside, their clients, and what must be true. */
public final class RandomWorkflows implements EngineSetup, Ledger.Facts {
  private static final double EFFECT_NANOS = 25_000_000;
  private static final double FAIL_CHANCE = 0.4;

  /** Less than the shortest lease that a plan draws, or no effect would ever start. */
  private static final long LEASE_MARGIN_MS = 20;

  private final World world;
  private final WorkflowCluster cluster;
  private final Marks marks;
  private final StrandThreads.Kind threads;
  private final Ledger ledger;
  private final JournalChecks journals;
  private final List<WorkflowClient> clients = new ArrayList<>();
  private final SimRandom random;
  private final Map<Integer, Long> upgradedNanos = new TreeMap<>();
  private long newStartsNanos = Long.MAX_VALUE;

  /**
   * Workflows that have not begun.
   *
   * @param leasesHold whether clocks are good enough for leases to be trusted
   */
  public RandomWorkflows(
      World world, WorkflowCluster cluster, Marks marks, boolean leasesHold, StrandThreads.Kind threads) {
    this.world = world;
    this.cluster = cluster;
    this.marks = marks;
    this.threads = threads;
    this.ledger = new Ledger(world, this, leasesHold);
    this.journals = new JournalChecks(cluster::violated);
    this.random = world.random("outside");
  }

  /**
   * Plans a rolling upgrade: each node is restarted with a release that has version 2 of the program beside version 1,
   * and when all have it, starts ask for version 2. Runs of version 1 go on under version 1.
   */
  public void upgrade(long withinMs) {
    SimRandom times = world.random("upgrade");
    for (int node = 1; node <= cluster.nodes(); node++) {
      int upgraded = node;
      long at = times.between(withinMs * 2 / 10, withinMs * 6 / 10) * 1_000_000;
      upgradedNanos.put(node, at);
      world.at(at, node, EventKind.PROCESS, () -> cluster.restartNode(upgraded, times.between(1, 3_000)));
    }
    newStartsNanos = withinMs * 6 / 10 * 1_000_000 + 1;
  }

  /** The version that is asked for now. */
  int version() {
    return world.nowNanos() >= newStartsNanos ? 2 : 1;
  }

  /** Plans the starts of {@code count} workflows within a time. */
  public void start(int count, long withinMs) {
    for (int number = 1; number <= count; number++) {
      WorkflowClient client = new WorkflowClient(world, cluster, ledger, marks, number, this::version);
      clients.add(client);
      client.start(withinMs * 1_000_000);
    }
  }

  /** Nobody begins anything new; what was begun has to end. */
  public void heal() {
    clients.forEach(WorkflowClient::heal);
  }

  /** Which workflow has not ended, null if all have that were started. */
  public @Nullable String waitsFor() {
    for (WorkflowClient client : clients) {
      String open = client.waitsFor();
      if (open != null) {
        return open;
      }
    }
    return null;
  }

  /** How many workflows have ended, and were right. */
  public long finished() {
    return clients.stream().filter(WorkflowClient::finished).count();
  }

  /** How many effects were cut short by a crash, a lost lease or a transfer. */
  public long cutEffects() {
    return ledger.cut();
  }

  /** How many effects have begun. */
  public long effects() {
    return ledger.calls();
  }

  /** How many positions all journals have together. */
  public long checkpoints() {
    return journals.records();
  }

  // ------------------------------------------------------------------------------------------- the engines

  @Override
  public EngineConfig config(int node, SimRandom nodeRandom) {
    return EngineConfig.of("sim", "n" + node, 1)
        .withLeaseMarginMs(LEASE_MARGIN_MS)
        .withLimits(new RunLimits(RunLimits.DEFAULT.maxPayloadBytes(), 1_000, 1_000, nodeRandom.pick(2, 100)))
        .withPassivation(
            new PassivationSettings(nodeRandom.pick(0L, 100L, 10_000L), nodeRandom.pick(1L, 400L, 60_000L)))
        .withFlushBytes(nodeRandom.pick(1L, 500L, 5_000L, 1L << 20));
  }

  @Override
  public List<WorkflowType<?, ?>> types(int node, SimRuntime runtime) {
    Outside outside = new Outside(node, runtime);
    WorkflowType<?, ?> old = Program.type(1, outside);
    return world.nowNanos() < upgradedNanos.getOrDefault(node, Long.MAX_VALUE)
        ? List.of(old)
        : List.of(old, Program.type(2, outside));
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
        marks.hit(Mark.ENGINE_ACTIVATED);
        cluster.traceWorkflow(node, "active in term " + term);
      }

      @Override
      public void deactivated(String name, long term) {
        cluster.traceWorkflow(node, "no longer active in term " + term);
      }

      @Override
      public void checkpointApplied(String name, String workflowId, long position, long term) {
        world.note(position * 31 + term);
        cluster.traceWorkflow(node, workflowId + " is at " + position + " by term " + term);
      }

      @Override
      public void runBlocked(String name, String workflowId, String problem) {
        cluster.violated(Invariant.I9_JOURNAL, node,
            "every replica of " + workflowId + " to do what the journal says", problem);
      }
    };
  }

  @Override
  public void journalWritten(int node, StateKey key, byte @Nullable [] before, byte[] value) {
    journals.written(node, key, before, value);
  }

  @Override
  public void died(int node) {
    ledger.died(node);
  }

  // --------------------------------------------------------------------------------------------- the ledger

  @Override
  public int leaderOf(long term) {
    return cluster.leaderOf(term);
  }

  @Override
  public long lastPosition(long run) {
    return journals.lastPosition(run);
  }

  @Override
  public boolean pausedSince(int node, long nanos) {
    return cluster.pausedSince(node, nanos);
  }

  @Override
  public void violated(Invariant invariant, int node, String expected, String actual) {
    cluster.violated(invariant, node, expected, actual);
  }

  /** The world as the programs of one life of one node meet it. */
  private final class Outside implements Program.Outside {
    private final int node;
    private final SimRuntime runtime;

    private Outside(int node, SimRuntime runtime) {
      this.node = node;
      this.runtime = runtime;
    }

    @Override
    public long fresh() {
      return ledger.fresh();
    }

    @Override
    public long call(EffectContext effect, boolean once, boolean mayFail, long shown) throws Exception {
      Ledger.Call call = ledger.begin(effect, node, once, shown);
      cluster.traceWorkflow(node, "effect " + effect.effect() + " of " + effect.idempotencyKey() + " begins");
      try {
        runtime.sleep(random.exponential(EFFECT_NANOS));
      } catch (InterruptedException interrupted) {
        boolean timedOut =
            effect.effect().equals(Program.TIMED)
                && world.nowNanos() - call.beganNanos() >= Program.TIMEOUT.toNanos() * 9 / 10;
        if (timedOut) {
          ledger.end(call);
        } else {
          ledger.interrupted(call);
          marks.hit(Mark.EFFECT_INTERRUPTED);
        }
        throw interrupted;
      }
      ledger.end(call);
      if (mayFail && random.chance(FAIL_CHANCE)) {
        throw random.chance(0.5) ? new ConnectException("refused") : new IllegalStateException("declined");
      }
      return ledger.fresh();
    }
  }
}
