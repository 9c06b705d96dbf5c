package io.raftoral.workflow.engine;

import io.raftoral.workflow.EffectContext;
import java.util.ArrayList;
import java.util.List;

/**
 * What the outside world has seen of side effects, how it answers them, and a source of values that never come twice.
 */
final class World {
  private final TestCluster cluster;
  private final List<Call> calls = new ArrayList<>();
  private final List<SteppedRuntime.SteppedStrand> blocked = new ArrayList<>();
  private boolean blocking;
  private long fresh;
  private int interruptions;

  /**
   * One start of an effect.
   *
   * @param shown what its workflow had seen by then
   * @param applied how many positions of its journal its node had applied by then
   */
  record Call(EffectContext context, String shown, long applied) {
    /** The position that the idempotency key ends with. */
    long position() {
      String key = context.idempotencyKey();
      return Long.parseLong(key.substring(key.lastIndexOf('/') + 1));
    }
  }

  World(TestCluster cluster) {
    this.cluster = cluster;
  }

  /** A value that was never seen before, as time, chance or an answer of the world would be. */
  long fresh() {
    return ++fresh;
  }

  /** Takes a call. While {@link #block} holds, it does not return before {@link #unblock} or an interrupt. */
  void call(EffectContext context) throws InterruptedException {
    call(context, "");
  }

  void call(EffectContext context, String shown) throws InterruptedException {
    int node = Integer.parseInt(context.node().substring(1));
    long applied = cluster.describe(node, context.workflowId()).summary().checkpoints();
    calls.add(new Call(context, shown, applied));
    if (blocking) {
      blocked.add(cluster.runtime.current());
      try {
        cluster.runtime.block();
      } catch (InterruptedException interrupted) {
        interruptions++;
        throw interrupted;
      }
    }
  }

  void block() {
    blocking = true;
  }

  void unblock() {
    blocking = false;
    blocked.forEach(SteppedRuntime.SteppedStrand::wake);
    blocked.clear();
  }

  /** How many calls were interrupted while they were blocked. */
  int interruptions() {
    return interruptions;
  }

  List<Call> calls() {
    return calls;
  }

  List<Call> calls(String effect) {
    return calls.stream().filter(call -> call.context().effect().equals(effect)).toList();
  }
}
