package io.raftoral.examples.demo;

import io.raftoral.examples.orders.Expectation;
import io.raftoral.examples.orders.Order;
import io.raftoral.examples.orders.OrderFulfilment;
import io.raftoral.examples.samples.Sleeper;
import io.raftoral.examples.service.MemoryLedger;
import io.raftoral.examples.service.Shop;
import io.raftoral.examples.text.Tone;
import io.raftoral.workflow.NodeStatus;
import io.raftoral.workflow.RaftoralClient;
import io.raftoral.workflow.RaftoralException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The plot: start three nodes; hand in the orders; kill the leader when enough checkpoints are committed; see another
 * node carry on; start the dead one again; wait until all orders have ended and all nodes agree; look at what was
 * promised. It gathers evidence and leaves judging it to {@link Verdict}.
 */
final class Demo {
  private static final Duration LEADER_PATIENCE = Duration.ofSeconds(30);
  private static final Duration FAILOVER_PATIENCE = Duration.ofSeconds(30);
  private static final Duration AGREEMENT_PATIENCE = Duration.ofSeconds(30);
  private static final Duration BASE_PATIENCE = Duration.ofMinutes(2);
  private static final Duration PATIENCE_PER_ORDER = Duration.ofMillis(20);
  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(10);
  private static final long POLL_MS = 50;

  private final List<Order> orders;
  private final long killAfter;
  private final long expectedCheckpoints;
  private final Timeline timeline;
  private final String prefix;
  private final Duration patience;
  private final MemoryLedger ledger = new MemoryLedger();
  private final Witness witness;
  private final DemoCluster cluster;

  /**
   * A run of the demo.
   *
   * @param directory where the nodes' directories are, or will be
   * @param basePort the first of three ports, 0 for any free ones
   * @param killAfter the leader is killed when so many checkpoints are committed
   */
  Demo(List<Order> orders, Path directory, int basePort, long killAfter, Timeline timeline) {
    this.orders = orders;
    this.killAfter = killAfter;
    this.expectedCheckpoints = checkpoints(orders);
    this.timeline = timeline;
    // The directories may hold the runs of an earlier demo, and the same id would mean the same run.
    this.prefix = "demo-" + Long.toString(System.currentTimeMillis(), Character.MAX_RADIX) + "/";
    long longestWaitMs = orders.stream().mapToLong(Order::waitMs).max().orElse(0);
    this.patience =
        BASE_PATIENCE.plus(PATIENCE_PER_ORDER.multipliedBy(orders.size())).plusMillis(longestWaitMs);
    this.witness = new Witness(prefix, timeline::event);
    this.cluster = new DemoCluster(directory, basePort, ledger, witness);
  }

  /** How many checkpoints {@code orders} make, if nothing is repeated. */
  static long checkpoints(List<Order> orders) {
    return orders.stream().mapToLong(order -> Expectation.of(order).checkpoints()).sum();
  }

  /**
   * Runs it all.
   *
   * @throws io.raftoral.workflow.ConfigurationException if a port is in use, or a directory cannot be used
   * @throws DemoFailedException if it cannot go on
   */
  Evidence run() throws InterruptedException, DemoFailedException {
    long startedAt = System.nanoTime();
    try (cluster) {
      for (String name : DemoCluster.NAMES) {
        cluster.start(name);
        timeline.event(name + " listens on " + cluster.address(name));
      }
      await("no node became the leader", LEADER_PATIENCE, () -> witness.active().isPresent());
      witness.killAfter(killAfter);
      try (RaftoralClient client = RaftoralClient.connect(cluster.addresses(), REQUEST_TIMEOUT);
          OrderDesk desk =
              new OrderDesk(client, OrderFulfilment.type(new Shop(ledger, Duration.ZERO)), prefix, patience)) {
        return run(client, desk, startedAt);
      }
    }
  }

  private Evidence run(RaftoralClient client, OrderDesk desk, long startedAt)
      throws InterruptedException, DemoFailedException {
    timeline.event("handing in " + orders.size() + (orders.size() == 1 ? " order" : " orders"));
    desk.handIn(orders);
    awaitKillMoment(desk);
    Witness.Killing killing =
        cluster.kill(
            witness.active().orElseThrow(),
            kill ->
                timeline.event(
                    kill.node() + " is killed after " + kill.afterCheckpoints() + " checkpoints", Tone.BAD));

    boolean probed = awaitFailover(client, desk);
    witness
        .failoverNanos()
        .ifPresent(
            nanos -> timeline.event("the next checkpoint is committed, " + nanos / 1_000_000 + " ms after the kill"));

    long enough = killing.afterCheckpoints() + (expectedCheckpoints - killing.afterCheckpoints()) / 3;
    await("the orders stand still", patience, () -> reached(desk, enough));
    Optional<Evidence.Restart> restart = restart(killing.node());

    await("orders are open", patience, () -> desk.ended() == orders.size());
    timeline.done();
    timeline.event("all orders have ended");
    List<NodeStatus> statuses = awaitAgreement(client);
    List<String> lost = new Journals(client, patience).missing(killing.acknowledged());
    timeline.done();
    return new Evidence(
        orders,
        prefix,
        desk.ends(),
        ledger.entries().stream().filter(entry -> entry.call().workflow().startsWith(prefix)).toList(),
        witness.reigns(),
        killing,
        witness.failoverNanos(),
        probed,
        restart,
        witness.count(),
        lost,
        statuses,
        witness.problems(),
        startedAt,
        System.nanoTime());
  }

  /** The moment is over in milliseconds, so this waits for a signal instead of looking now and then. */
  private void awaitKillMoment(OrderDesk desk) throws InterruptedException, DemoFailedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!witness.killMoment().await(POLL_MS, TimeUnit.MILLISECONDS)) {
      if (reached(desk, killAfter)) {
        break;
      }
      if (System.nanoTime() - end > 0) {
        throw new DemoFailedException("the orders stand still", witness.problems());
      }
    }
    await("no node leads", LEADER_PATIENCE, () -> witness.active().isPresent());
  }

  private boolean reached(OrderDesk desk, long checkpoints) {
    timeline.progress(() -> progress(desk));
    return witness.count() >= checkpoints || desk.ended() == orders.size();
  }

  private String progress(OrderDesk desk) {
    return "%d of %d orders ended, %d checkpoints, %s"
        .formatted(
            desk.ended(),
            orders.size(),
            witness.count(),
            witness.active().map(name -> name + " leads").orElse("no leader"));
  }

  /**
   * Waits for the first checkpoint of the next leader. If all orders ended before the kill there would be none, so a
   * run is started for the purpose; returns whether that was so.
   */
  private boolean awaitFailover(RaftoralClient client, OrderDesk desk) throws InterruptedException {
    boolean probe = desk.ended() == orders.size();
    if (probe) {
      try {
        client.start(Sleeper.type(), prefix + "probe", new Sleeper.Request(1)).result();
      } catch (RaftoralException e) {
        timeline.event("a run started after the kill did not end: " + e.getMessage(), Tone.BAD);
      }
    }
    // That it did not happen is for the verdict to say.
    boolean inTime = witness.failover().await(FAILOVER_PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    if (!inTime) {
      timeline.event("nothing was committed for " + FAILOVER_PATIENCE.toSeconds() + " s", Tone.BAD);
    }
    return probe;
  }

  private Optional<Evidence.Restart> restart(String name) throws InterruptedException {
    long restartedAt = System.nanoTime();
    long goal = cluster.anyRunning().status().appliedIndex();
    long onDisk = cluster.start(name).status().appliedIndex();
    timeline.event(name + " is started again, from its disk");
    long end = restartedAt + AGREEMENT_PATIENCE.toNanos();
    while (System.nanoTime() - end < 0) {
      long applied = cluster.running(name).status().appliedIndex();
      if (applied >= goal) {
        long nanos = System.nanoTime() - restartedAt;
        timeline.event(name + " has caught up to index " + applied);
        return Optional.of(new Evidence.Restart(restartedAt, onDisk, applied, nanos));
      }
      Thread.sleep(POLL_MS);
    }
    return Optional.empty();
  }

  /** Waits until all nodes have the same state; returns what they have in the end, same or not. */
  private List<NodeStatus> awaitAgreement(RaftoralClient client) throws InterruptedException {
    long end = System.nanoTime() + AGREEMENT_PATIENCE.toNanos();
    while (true) {
      List<NodeStatus> statuses = client.clusterStatus().nodes();
      if (Verdict.converged(statuses) || System.nanoTime() - end > 0) {
        return statuses;
      }
      timeline.progress(() -> "comparing the nodes");
      Thread.sleep(POLL_MS);
    }
  }

  private void await(String complaint, Duration atMost, BooleanSupplier condition)
      throws InterruptedException, DemoFailedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        timeline.done();
        throw new DemoFailedException(complaint + " after " + atMost.toSeconds() + " s", witness.problems());
      }
      Thread.sleep(POLL_MS);
    }
  }
}
