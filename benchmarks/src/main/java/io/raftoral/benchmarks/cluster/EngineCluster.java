package io.raftoral.benchmarks.cluster;

import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.Raftoral;
import io.raftoral.workflow.RaftoralClient;
import io.raftoral.workflow.RaftoralNode;
import io.raftoral.workflow.WorkflowType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Nodes that run workflows, in this JVM, as a service would embed them. */
public final class EngineCluster implements AutoCloseable {
  /** Only the lengths of runs whose ids begin like this are known; there may be very many others. */
  public static final String TRACKED = "tracked-";

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration CLIENT_TIMEOUT = Duration.ofMinutes(10);
  private static final int MAX_REQUESTS = 20_000;

  private final Path directory;
  private final Duration electionTimeout;
  private final List<WorkflowType<?, ?>> types;
  private final SortedMap<String, String> addresses = new TreeMap<>();
  private final Map<String, RaftoralNode> running = new TreeMap<>();
  private final Watch watch = new Watch();

  /**
   * Starts nodes {@code n1}, {@code n2}, … and waits until one is active.
   *
   * @param nodeCount at least 1
   * @param directory an empty one, or what an earlier cluster of the same size left there
   */
  public static EngineCluster start(
      int nodeCount, Duration electionTimeout, Path directory, List<WorkflowType<?, ?>> types) {
    EngineCluster cluster = new EngineCluster(nodeCount, electionTimeout, directory, types);
    boolean complete = false;
    try {
      cluster.addresses.keySet().forEach(cluster::startNode);
      cluster.awaitActive();
      complete = true;
      return cluster;
    } finally {
      if (!complete) {
        cluster.close();
      }
    }
  }

  private EngineCluster(int nodeCount, Duration electionTimeout, Path directory, List<WorkflowType<?, ?>> types) {
    this.directory = directory;
    this.electionTimeout = electionTimeout;
    this.types = List.copyOf(types);
    for (int i = 1; i <= nodeCount; i++) {
      addresses.put("n" + i, "127.0.0.1:" + FreePorts.next());
    }
  }

  /** Starts a node that does not run, with whatever is in its directory. */
  public void startNode(String name) {
    String address = addresses.get(name);
    if (address == null) {
      throw new IllegalArgumentException("no node is called " + name + "; there are " + addresses.keySet());
    }
    var builder =
        Raftoral.node(name)
            .cluster("bench")
            .listen(address)
            .peers(addresses)
            .dataDir(directory.resolve(name))
            .electionTimeout(electionTimeout)
            .clientTimeout(CLIENT_TIMEOUT)
            .maxConcurrentRequests(MAX_REQUESTS)
            .listener(watch);
    types.forEach(builder::register);
    watch.started(name);
    running.put(name, builder.start());
  }

  /** Waits until a node that runs is active, and returns its name. */
  public String awaitActive() {
    await("no node has become active", () -> watch.active != null);
    return Objects.requireNonNull(watch.active);
  }

  /** A client that asks the node which is active now. */
  public RaftoralClient client() {
    return node(awaitActive()).client();
  }

  /** Kills the active node without warning, and returns its name and the moment. */
  public Kill killActive() {
    String name = awaitActive();
    RaftoralNode victim = node(name);
    watch.forget(name);
    long at = System.nanoTime();
    victim.kill();
    running.remove(name);
    return new Kill(name, at);
  }

  /**
   * A node was killed.
   *
   * @param nanos just before
   */
  public record Kill(String node, long nanos) {}

  /** How many checkpoints, starts and ends the active nodes have applied since the cluster started. */
  public long activeCheckpoints() {
    return watch.checkpoints.sum();
  }

  /** Waits until a checkpoint is applied on an active node after the last kill, and returns when it was. */
  public long awaitCheckpointNanos() {
    await("no checkpoint since the last kill", () -> watch.firstCheckpointNanos != 0);
    return watch.firstCheckpointNanos;
  }

  /** Waits until the run {@code id} has more than {@code checkpoints} checkpoints on the active node. */
  public void awaitLength(String id, long checkpoints) {
    await("run " + id + " has no " + checkpoints + " checkpoints", () -> watch.lengths.getOrDefault(id, 0L) > checkpoints);
  }

  /** Waits until {@code node} has applied what the active node had applied when this was called. */
  public void awaitCaughtUp(String node) {
    long target = node(awaitActive()).status().appliedIndex();
    await("node " + node + " has not caught up", () -> node(node).status().appliedIndex() >= target);
  }

  private static void await(String problem, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new IllegalStateException(problem + " after " + PATIENCE);
      }
      LockSupport.parkNanos(Duration.ofMillis(1).toNanos());
    }
  }

  private RaftoralNode node(String name) {
    RaftoralNode node = running.get(name);
    if (node == null) {
      throw new IllegalStateException("node " + name + " does not run");
    }
    return node;
  }

  /** Stops every node in order, so that its directory can be opened again. */
  @Override
  public void close() {
    running.values().forEach(RaftoralNode::close);
    running.clear();
  }

  /** Stops every node as if it had been killed. */
  public void kill() {
    running.values().forEach(RaftoralNode::kill);
    running.clear();
  }

  /** Knows who is active, and counts what is checkpointed there. */
  private static final class Watch implements NodeListener {
    private final LongAdder checkpoints = new LongAdder();
    private final Map<String, Long> lengths = new ConcurrentHashMap<>();
    private volatile @Nullable String active;
    private volatile @Nullable String killed;
    private volatile long firstCheckpointNanos;

    /** Whatever {@code node} still says until it is started again does not count. */
    void forget(String node) {
      killed = node;
      active = null;
      firstCheckpointNanos = 0;
    }

    void started(String node) {
      if (node.equals(killed)) {
        killed = null;
      }
    }

    @Override
    public void activated(String node, long term) {
      if (!node.equals(killed)) {
        active = node;
      }
    }

    @Override
    public void deactivated(String node, long term) {
      if (node.equals(active)) {
        active = null;
      }
    }

    @Override
    public void checkpointApplied(String node, String workflowId, long position, long term) {
      if (node.equals(active)) {
        checkpoints.increment();
        if (firstCheckpointNanos == 0) {
          firstCheckpointNanos = System.nanoTime();
        }
        if (workflowId.startsWith(TRACKED)) {
          lengths.put(workflowId, position);
        }
      }
    }
  }
}
