package io.raftoral.workflow.engine;

import io.raftoral.workflow.EffectContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What the outside world has seen of side effects, and how it answers them. */
final class World {
  private final TestCluster cluster;
  private final List<EffectContext> calls = new ArrayList<>();
  private final List<SteppedRuntime.SteppedStrand> blocked = new ArrayList<>();
  private boolean blocking;

  World(TestCluster cluster) {
    this.cluster = cluster;
  }

  /** Takes a call. While {@link #block} holds, it does not return before {@link #unblock} or an interrupt. */
  void call(EffectContext context) throws InterruptedException {
    calls.add(context);
    if (blocking) {
      SteppedRuntime.SteppedStrand me = cluster.runtime.current();
      blocked.add(me);
      cluster.runtime.block();
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

  List<EffectContext> calls() {
    return calls;
  }

  List<EffectContext> calls(String effect) {
    return calls.stream().filter(call -> call.effect().equals(effect)).toList();
  }

  EffectContext last() {
    return Objects.requireNonNull(calls.getLast());
  }
}
