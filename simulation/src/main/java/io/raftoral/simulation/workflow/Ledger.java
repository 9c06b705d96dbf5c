package io.raftoral.simulation.workflow;

import io.raftoral.simulation.check.Invariant;
import io.raftoral.simulation.world.World;
import io.raftoral.workflow.EffectContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The outside world: it sees every effect begin and end, remembers all of them, and knows what must be true of them.
 * Judged by what the nodes' disks and elections say, never by what an engine says of itself.
 */
final class Ledger {
  /** What else is known of the cluster. */
  interface Facts {
    /** Who was elected in a term, 0 if nobody. */
    int leaderOf(long term);

    /** The last position of the main branch of a run that any node has applied, 0 if none. */
    long lastPosition(long run);

    /** Whether a node stood still at any time since then. */
    boolean pausedSince(int node, long nanos);

    /** Something is wrong. */
    void violated(Invariant invariant, int node, String expected, String actual);
  }

  /** One begin of an effect. */
  record Call(EffectContext context, int node, long position, long shown, long beganNanos) {}

  private final World world;
  private final Facts facts;
  private final boolean leasesHold;
  private final Set<Call> running = new LinkedHashSet<>();
  private final Set<String> atMostOnce = new HashSet<>();
  private final Map<String, List<Call>> byWorkflow = new HashMap<>();
  private long newestToken;
  private long values;
  private long calls;
  private long cut;

  /**
   * An empty one.
   *
   * @param leasesHold whether clocks are as good as a lease needs them to be
   */
  Ledger(World world, Facts facts, boolean leasesHold) {
    this.world = world;
    this.facts = facts;
    this.leasesHold = leasesHold;
  }

  /** A value that was never seen before. */
  long fresh() {
    return ++values;
  }

  /** How many effects have begun. */
  long calls() {
    return calls;
  }

  /** How many effects were cut short, by the death of their process or because it lost the right to run them. */
  long cut() {
    return cut;
  }

  /** Everything a workflow has done to the world, in order. */
  List<Call> calls(String workflowId) {
    return byWorkflow.getOrDefault(workflowId, List.of());
  }

  /**
   * An effect begins.
   *
   * @param shown what its workflow has seen by now, as it tells the world
   */
  Call begin(EffectContext effect, int node, boolean once, long shown) {
    Key key = Key.parse(effect.idempotencyKey());
    Call call = new Call(effect, node, key.position(), shown, world.nowNanos());
    calls++;
    world.note(shown + 31L * node + effect.fencingToken());
    int leader = facts.leaderOf(effect.fencingToken());
    if (leader != node) {
      facts.violated(Invariant.I9_JOURNAL, node,
          "effects on the leader of term " + effect.fencingToken() + " alone, which is node " + leader, "" + call);
    }
    if (once && !atMostOnce.add(effect.idempotencyKey())) {
      facts.violated(Invariant.I9_JOURNAL, node, "an at-most-once effect to run once", "it runs again: " + call);
    }
    long last = facts.lastPosition(key.run());
    if (key.position() > 0 && last < key.position() - 1) {
      facts.violated(Invariant.I9_JOURNAL, node,
          "everything before an effect to be committed when it begins (output commit)",
          "committed up to position " + last + ", and this begins: " + call);
    }
    if (leasesHold) {
      beside(call, last);
    }
    newestToken = Math.max(newestToken, effect.fencingToken());
    running.add(call);
    byWorkflow.computeIfAbsent(effect.workflowId(), id -> new ArrayList<>()).add(call);
    return call;
  }

  /** What is true of an effect only as long as nobody else can lead. */
  private void beside(Call call, long last) {
    if (call.position() > 0 && last >= call.position()) {
      facts.violated(Invariant.I9_JOURNAL, call.node(),
          "no effect whose outcome is committed", "the outcome is there already, and this begins: " + call);
    }
    if (call.context().fencingToken() < newestToken) {
      facts.violated(Invariant.I9_JOURNAL, call.node(),
          "no effect of a term before " + newestToken + ", the newest that has run any", "" + call);
    }
    for (Call other : running) {
      if (other.node() != call.node() && !facts.pausedSince(other.node(), other.beganNanos())) {
        facts.violated(Invariant.I9_JOURNAL, call.node(),
            "effects on one node at a time, under the lease", call + " begins beside " + other);
      }
    }
  }

  /** It is over. */
  void end(Call call) {
    running.remove(call);
  }

  /** It was interrupted. */
  void interrupted(Call call) {
    running.remove(call);
    cut++;
  }

  /** A process died, and what it was doing with it. */
  void died(int node) {
    int before = running.size();
    running.removeIf(call -> call.node() == node);
    cut += before - running.size();
  }

  /** The end of an idempotency key: {@code cluster/workflow/run/position}. Position 0 if it lies on another branch. */
  private record Key(long run, long position) {
    static Key parse(String text) {
      String[] parts = text.split("/", -1);
      boolean main = parts.length == 4 && parts[3].chars().allMatch(c -> c >= '0' && c <= '9');
      return new Key(Long.parseLong(parts[2]), main ? Long.parseLong(parts[3]) : 0);
    }
  }
}
