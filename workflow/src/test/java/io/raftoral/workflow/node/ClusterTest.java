package io.raftoral.workflow.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.raftoral.workflow.NodeStatus;
import io.raftoral.workflow.NodeStoppedException;
import io.raftoral.workflow.RaftoralClient;
import io.raftoral.workflow.RaftoralNode;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.RequestOutcomeUnknownException;
import io.raftoral.workflow.RunFilter;
import io.raftoral.workflow.RunReplica;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.RunSummary;
import io.raftoral.workflow.WorkflowFailedException;
import io.raftoral.workflow.WorkflowHandle;
import io.raftoral.workflow.WorkflowType;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three nodes on real sockets and disks, and what their clients see when nodes come and go. */
@Timeout(120)
class ClusterTest {
  /** How often an effect ran, by workflow id. */
  private static final Map<String, AtomicInteger> CHARGES = new ConcurrentHashMap<>();

  /** Effects of workflows whose ids begin with "held" wait for this. */
  private static volatile CountDownLatch gate = new CountDownLatch(0);

  record Order(String item, int amount) {}

  record Receipt(String item, int paid, int steps) {}

  private static final WorkflowType<Order, Receipt> ORDER =
      WorkflowType.of(
          "order",
          1,
          Order.class,
          Receipt.class,
          (context, order) -> {
            var steps = context.replicated("steps", Integer.class, 0);
            int paid = 0;
            for (int i = 0; i < 3; i++) {
              steps.update(n -> n + 1);
              int step = i;
              paid +=
                  context
                      .<Integer>sideEffect(
                          "charge" + step,
                          Integer.class,
                          effect -> {
                            CHARGES
                                .computeIfAbsent(effect.workflowId(), id -> new AtomicInteger())
                                .incrementAndGet();
                            if (effect.workflowId().startsWith("held") && step == 1) {
                              gate.await();
                            }
                            return order.amount();
                          })
                      .call();
            }
            if (order.amount() < 0) {
              throw new IllegalArgumentException("negative amount");
            }
            return new Receipt(order.item(), paid, steps.get());
          });

  @TempDir private Path directory;

  private TestCluster cluster() {
    return new TestCluster(directory, 3, ORDER);
  }

  @Test
  void everyNodeAndARemoteClientServeEverything() {
    try (TestCluster cluster = cluster().startAll();
        RaftoralClient remote = cluster.remote()) {
      List<RaftoralClient> clients = new ArrayList<>(cluster.nodes().stream().map(RaftoralNode::client).toList());
      clients.add(remote);
      for (int i = 0; i < clients.size(); i++) {
        RaftoralClient starter = clients.get(i);
        String id = "order " + i + " ö";
        Receipt receipt = new Receipt("x", 30 + 3 * i, 3);
        assertThat(starter.start(ORDER, id, new Order("x", 10 + i)).result()).isEqualTo(receipt);
        for (RaftoralClient client : clients) {
          assertThat(client.handle(id, Receipt.class).result().paid()).isEqualTo(30 + 3 * i);
          assertThat(client.describe(id).summary().status()).isEqualTo(RunStatus.COMPLETED);
          assertThat(client.history(id, "").entries()).hasSize(7).last().matches(entry -> entry.kind().equals("completed"));
          assertThat(client.replicas(id)).extracting(RunReplica::node).containsExactly("n1", "n2", "n3");
          assertThat(client.list(RunFilter.ALL).runs()).extracting(RunSummary::workflowId).contains(id).hasSize(i + 1);
        }
      }
      assertThat(remote.start("order", "json", "{\"item\":\"y\",\"amount\":1}").result())
          .contains("\"paid\":3");
      for (RaftoralClient client : clients) {
        assertThat(client.clusterStatus().nodes()).extracting(NodeStatus::node).containsExactly("n1", "n2", "n3");
        assertThat(client.clusterStatus().nodes()).allMatch(NodeStatus::reachable);
      }
      assertThat(cluster.converged().nodes()).filteredOn(NodeStatus::active).hasSize(1);
      assertThat(cluster.converged().nodes()).filteredOn(node -> node.role().equals("leader")).hasSize(1);
      assertThat(cluster.converged().nodes()).allSatisfy(node -> assertThat(node.endedRuns()).isEqualTo(5));
    }
  }

  @Test
  void refusalsSayWhyOnEveryNode() {
    try (TestCluster cluster = cluster().startAll();
        RaftoralClient remote = cluster.remote()) {
      Order order = new Order("x", 1);
      remote.start(ORDER, "id", order).result();
      List<RaftoralClient> clients = new ArrayList<>(cluster.nodes().stream().map(RaftoralNode::client).toList());
      clients.add(remote);
      for (RaftoralClient client : clients) {
        long runs = client.list(RunFilter.ALL).runs().size();
        assertThat(client.start(ORDER, "id", order).result()).isEqualTo(new Receipt("x", 3, 3));
        assertThat(client.list(RunFilter.ALL).runs()).hasSize((int) runs);
        assertCode(() -> client.start(ORDER, "id", new Order("x", 2)), RefusedException.Code.ID_IN_USE);
        assertCode(() -> client.start("no-such-type", "id2", "{}"), RefusedException.Code.UNKNOWN_TYPE);
        assertCode(() -> client.start("order", "id3", "{nonsense"), RefusedException.Code.BAD_REQUEST);
        assertCode(() -> client.describe("nobody"), RefusedException.Code.UNKNOWN_WORKFLOW);
        assertCode(() -> client.handle("nobody").result(), RefusedException.Code.UNKNOWN_WORKFLOW);
      }
      assertThatThrownBy(() -> remote.start(ORDER, "bad", new Order("x", -1)).result())
          .isInstanceOfSatisfying(
              WorkflowFailedException.class,
              e -> assertThat(e.is(IllegalArgumentException.class)).isTrue());
    }
  }

  private static void assertCode(Runnable call, RefusedException.Code code) {
    RefusedException refused = catchThrowableOfType(RefusedException.class, call::run);
    assertThat(refused).isNotNull();
    assertThat(refused.code()).isEqualTo(code);
  }

  @Test
  void callsContinueWhenTheLeaderIsKilled() throws Exception {
    try (TestCluster cluster = cluster().startAll();
        RaftoralClient remote = cluster.remote()) {
      RaftoralNode leader = cluster.leader();
      RaftoralClient survivor = cluster.follower().client();
      gate = new CountDownLatch(1);
      WorkflowHandle<Receipt> held = survivor.start(ORDER, "held by the leader", new Order("h", 1));
      await().until(() -> CHARGES.containsKey("held by the leader"));
      AtomicBoolean stop = new AtomicBoolean();
      CompletableFuture<Integer> viaRemote = load("remote", remote, stop);
      CompletableFuture<Integer> viaSurvivor = load("survivor", survivor, stop);
      CompletableFuture<Receipt> waiting =
          CompletableFuture.supplyAsync(() -> remote.handle("held by the leader", Receipt.class).result());
      await().until(() -> survivor.list(RunFilter.ALL).runs().size() > 10);
      cluster.kill(leader);
      assertThatThrownBy(() -> leader.client().describe("x")).isInstanceOf(NodeStoppedException.class);
      gate.countDown();
      assertThat(held.result(TestCluster.PATIENCE)).isEqualTo(new Receipt("h", 3, 3));
      assertThat(waiting.get(30, TimeUnit.SECONDS)).isEqualTo(new Receipt("h", 3, 3));
      stop.set(true);
      assertThat(viaRemote.get(30, TimeUnit.SECONDS)).isPositive();
      assertThat(viaSurvivor.get(30, TimeUnit.SECONDS)).isPositive();
      assertThat(survivor.clusterStatus().nodes())
          .filteredOn(node -> !node.reachable())
          .extracting(NodeStatus::node)
          .containsExactly(leader.name());

      cluster.start(leader.name());
      long runs = cluster.converged().nodes().getFirst().endedRuns();
      assertThat(runs).isEqualTo(viaRemote.get() + viaSurvivor.get() + 1);
    }
  }

  /** Starts runs one after the other until told to stop, and returns how many there were: all have to succeed. */
  private static CompletableFuture<Integer> load(String name, RaftoralClient client, AtomicBoolean stop) {
    CompletableFuture<Integer> done = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("load-" + name)
        .start(
            () -> {
              try {
                int count = 0;
                while (!stop.get()) {
                  Order order = new Order(name, count);
                  Receipt receipt = client.start(ORDER, name + "-" + count, order).result();
                  assertThat(receipt).isEqualTo(new Receipt(name, 3 * count, 3));
                  count++;
                }
                done.complete(count);
              } catch (RuntimeException | AssertionError e) {
                done.completeExceptionally(e);
              }
            });
    return done;
  }

  @Test
  void aKilledNodeStartsAgainFromItsDirectoryAtOnce() {
    try (TestCluster cluster = cluster().startAll()) {
      cluster.leader().client().start(ORDER, "1", new Order("x", 1)).result();
      RaftoralNode follower = cluster.follower();
      for (int i = 0; i < 3; i++) {
        cluster.kill(follower);
        cluster.leader().client().start(ORDER, "while away " + i, new Order("x", 1)).result();
        follower = cluster.start(follower.name());
      }
      assertThat(follower.client().handle("while away 2", Receipt.class).result()).isEqualTo(new Receipt("x", 3, 3));
      assertThat(cluster.converged().nodes()).allSatisfy(node -> assertThat(node.endedRuns()).isEqualTo(4));
    }
  }

  @Test
  void runsContinueWhenAllNodesWereKilled() throws Exception {
    try (TestCluster cluster = cluster().startAll();
        RaftoralClient remote = cluster.remote()) {
      gate = new CountDownLatch(1);
      remote.start(ORDER, "held through the night", new Order("x", 5));
      remote.start(ORDER, "done", new Order("y", 6)).result();
      await().until(() -> CHARGES.getOrDefault("held through the night", new AtomicInteger()).get() >= 2);
      cluster.killAll();
      assertThatThrownBy(() -> remote.handle("done").result(Duration.ofMillis(200)))
          .isInstanceOf(RequestOutcomeUnknownException.class);
      CompletableFuture<Receipt> waiting =
          CompletableFuture.supplyAsync(() -> remote.handle("held through the night", Receipt.class).result());
      gate.countDown();
      cluster.startAll();
      assertThat(waiting.get(30, TimeUnit.SECONDS)).isEqualTo(new Receipt("x", 15, 3));
      assertThat(remote.handle("done", Receipt.class).result()).isEqualTo(new Receipt("y", 18, 3));
      assertThat(CHARGES.get("done")).hasValue(3);
      assertThat(cluster.converged().nodes()).allSatisfy(node -> assertThat(node.endedRuns()).isEqualTo(2));
    }
  }

  @Test
  void aLeaderThatIsClosedHandsOver() {
    try (TestCluster cluster = cluster().startAll()) {
      RaftoralNode leader = cluster.leader();
      leader.client().start(ORDER, "1", new Order("x", 1)).result();
      long term = leader.status().term();
      cluster.stop(leader);
      assertThat(cluster.leader().status().term()).isEqualTo(term + 1);
      assertThat(cluster.follower().client().start(ORDER, "2", new Order("x", 1)).result().paid()).isEqualTo(3);
      assertThatThrownBy(() -> leader.client().start(ORDER, "3", new Order("x", 1)))
          .isInstanceOf(NodeStoppedException.class)
          .hasMessageContaining("closed");
    }
  }

  @Test
  void aMinorityServesNothingNewAndSaysSo() {
    try (TestCluster cluster = cluster().startAll()) {
      cluster.leader().client().start(ORDER, "1", new Order("x", 1)).result();
      cluster.kill(cluster.follower());
      cluster.kill(cluster.follower());
      RaftoralNode alone = cluster.nodes().getFirst();
      try (RaftoralClient client =
          RaftoralClient.connect(List.of(cluster.address(alone.name())), Duration.ofMillis(1_500))) {
        assertThat(client.handle("1", Receipt.class).result().paid()).isEqualTo(3);
        assertCode(() -> client.describe("1"), RefusedException.Code.NO_LEADER);
        assertThat(client.clusterStatus().nodes()).filteredOn(NodeStatus::reachable).hasSize(1);
        assertThatThrownBy(() -> client.start(ORDER, "2", new Order("x", 1)))
            .isInstanceOfAny(RefusedException.class, RequestOutcomeUnknownException.class);
      }
    }
  }
}
