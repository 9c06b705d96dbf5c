package io.raftoral.workflow.engine;

import io.raftoral.raft.driver.Group;
import io.raftoral.workflow.engine.run.Runs;
import io.raftoral.workflow.engine.runtime.EngineRuntime;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Hands leadership over, by the rule named Transfer: effects are stopped first, and never start again in that term. So
 * a leader that was asked to hand over is of no use for longer, and asks again, in turn with other voters, while
 * nobody has taken over.
 */
final class LeadershipTransfer {
  /** How long a transfer may take before another node is asked to take over, in milliseconds. */
  static final long RETRY_MS = 2_000;

  private static final long PASSIVE = 0;

  private final EngineRuntime runtime;
  private final Group group;
  private final Runs runs;
  private final BooleanSupplier stopped;

  /** Written by the apply thread. */
  private volatile List<Long> voters = List.of();

  LeadershipTransfer(EngineRuntime runtime, Group group, Runs runs, BooleanSupplier stopped) {
    this.runtime = runtime;
    this.group = group;
    this.runs = runs;
    this.stopped = stopped;
  }

  /** The members that may lead. */
  void voters(List<Long> present) {
    voters = present;
  }

  /** Stops effects, and begins to hand over; does nothing in a group of one, where they would never start again. */
  void begin(long node) {
    if (voters.size() == 1) {
      return;
    }
    ask(node, runs.handOver());
  }

  private void ask(long node, long term) {
    if (stopped.getAsBoolean() || term == PASSIVE || runs.activeTerm() != term) {
      return;
    }
    group.transferLeadership(node);
    runtime.schedule(RETRY_MS, () -> ask(another(node), term));
  }

  /** The voter after {@code node}, in the order of their ids. Asking for oneself does nothing, and costs one round. */
  private long another(long node) {
    return voters.stream()
        .filter(voter -> voter > node)
        .findFirst()
        .orElse(voters.isEmpty() ? node : voters.getFirst());
  }
}
