package io.raftoral.simulation.cluster;

import io.raftoral.simulation.check.Mark;
import io.raftoral.simulation.linearizability.Register.Input;
import io.raftoral.simulation.linearizability.Register.Output;
import io.raftoral.simulation.plan.Workload;
import io.raftoral.simulation.trace.TraceLine;
import io.raftoral.simulation.world.EventKind;
import io.raftoral.simulation.world.SimRandom;
import io.raftoral.simulation.world.World;
import org.jspecify.annotations.Nullable;

/**
 * A client: one operation at a time, sent again under the same number to another node when no answer comes, and given
 * up after a while. After an operation whose end it does not know it goes on under a new session, as a process does that
 * was started again.
 */
final class SimClient {
  private static final long ATTEMPT_NANOS = 400_000_000L;
  private static final long GIVE_UP_NANOS = 5_000_000_000L;
  private static final long RETRY_NANOS = 20_000_000L;
  private static final int SESSIONS_PER_CLIENT = 10_000;

  private final SimCluster cluster;
  private final World world;
  private final int number;
  private final Workload workload;
  private final SimRandom random;
  private int session;
  private long sequence;
  private long values;
  private int begun;
  private int attempt;
  private int target;
  private History.@Nullable Call call;
  private World.@Nullable Event timeout;
  private boolean stopped;
  private int completedSinceHeal;

  SimClient(SimCluster cluster, World world, int number, Workload workload) {
    this.cluster = cluster;
    this.world = world;
    this.number = number;
    this.workload = workload;
    this.random = world.random("client." + number);
    this.session = number * SESSIONS_PER_CLIENT;
  }

  void start() {
    think();
  }

  /** No new operation is begun. */
  void stop() {
    stopped = true;
    History.Call unfinished = call;
    if (unfinished != null) {
      finish();
      cluster.history().abandoned(unfinished);
    }
  }

  /** The cluster is healed: even a client that was done asks for something more, so that progress can be seen. */
  void heal() {
    completedSinceHeal = 0;
    if (call == null && begun >= workload.operations()) {
      begun = workload.operations() - 1;
      think();
    }
  }

  int completedSinceHeal() {
    return completedSinceHeal;
  }

  private void think() {
    if (!stopped && begun < workload.operations()) {
      world.after(random.exponential(workload.thinkMs() * 1e6), World.NOBODY, EventKind.CLIENT, this::begin);
    }
  }

  private void begin() {
    if (stopped || call != null) {
      return;
    }
    begun++;
    Input input = drawInput();
    boolean read = input instanceof Input.Read;
    call = new History.Call(session, read ? 0 : ++sequence, input, world.nowNanos());
    if (target == 0 || random.chance(0.2)) {
      target = anyNode();
    }
    attempt();
  }

  private Input drawInput() {
    int key = random.nextInt(workload.keys());
    if (random.nextInt(100) < workload.readPercent()) {
      return new Input.Read(key);
    }
    long value = number * 1_000_000L + ++values;
    return switch (random.nextInt(3)) {
      case 0 -> new Input.Write(key, value);
      case 1 -> new Input.Add(key, 1 + random.nextInt(3));
      default -> new Input.Cas(key, cluster.lastSeen(key), value);
    };
  }

  private int anyNode() {
    return 1 + random.nextInt(cluster.nodes());
  }

  private void attempt() {
    History.Call current = call;
    if (current == null) {
      return;
    }
    if (world.nowNanos() - current.callNanos() > GIVE_UP_NANOS) {
      finish();
      cluster.history().abandoned(current);
      cluster.trace(TraceLine.Kind.CLIENT, 0, "client " + number + " gives up " + current.input());
      session++;
      think();
      return;
    }
    int mine = ++attempt;
    int node = target;
    timeout = world.after(ATTEMPT_NANOS, World.NOBODY, EventKind.CLIENT, () -> retry(mine, Mark.REQUEST_TIMED_OUT));
    long delay = latency();
    world.after(delay, node, EventKind.CLIENT, () -> cluster.request(node, current, new Answer(mine)));
  }

  private long latency() {
    return 100_000 + random.exponential(300_000);
  }

  private void retry(int mine, Mark why) {
    if (mine != attempt || call == null) {
      return;
    }
    cluster.marks().hit(why);
    cancelTimeout();
    target = anyNode();
    attempt();
  }

  private void finish() {
    call = null;
    attempt++;
    cancelTimeout();
  }

  private void cancelTimeout() {
    World.Event pending = timeout;
    if (pending != null) {
      pending.cancel();
      timeout = null;
    }
  }

  /** Where a node answers one attempt; what comes after another attempt has begun is not listened to. */
  final class Answer {
    private final int mine;
    private final int operation = begun;

    private Answer(int mine) {
      this.mine = mine;
    }

    /** Done; {@code position} is where in the log's order a read stands. */
    void done(Output output, long position) {
      world.after(latency(), World.NOBODY, EventKind.CLIENT, () -> accept(output, position));
    }

    /** Nothing was done. */
    void refused(int leader, Mark why) {
      world.after(latency(), World.NOBODY, EventKind.CLIENT, () -> {
        if (mine == attempt && call != null) {
          cluster.marks().hit(why);
          cancelTimeout();
          target = leader > 0 ? leader : anyNode();
          world.after(random.exponential(RETRY_NANOS), World.NOBODY, EventKind.CLIENT, SimClient.this::again);
        }
      });
    }

    private void accept(Output output, long position) {
      History.Call current = call;
      // The answer to an earlier attempt counts too: it is the answer of the same operation.
      if (current == null || operation != begun) {
        return;
      }
      finish();
      completedSinceHeal++;
      world.note(output.value());
      cluster.seen(current.input().key(), output.value());
      cluster.history().answered(current, output, world.nowNanos(), position);
      think();
    }
  }

  private void again() {
    if (call != null && timeout == null) {
      attempt();
    }
  }
}
