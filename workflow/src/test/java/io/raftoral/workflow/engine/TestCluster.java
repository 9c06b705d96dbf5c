package io.raftoral.workflow.engine;

import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.driver.Committed;
import io.raftoral.raft.driver.ProposalListener;
import io.raftoral.raft.driver.RoleChange;
import io.raftoral.raft.driver.SnapshotStaging;
import io.raftoral.raft.driver.SnapshotView;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.storage.memory.MemoryDisk;
import io.raftoral.storage.memory.MemoryStateStore;
import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.WorkflowType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Engines on one replicated log. A leader's entries are uncommitted until {@link #commit()}, and reach a node's engine
 * when they are {@linkplain #deliver delivered}; a leader does not know that it was deposed until it is {@linkplain
 * #tellRole told}.
 */
final class TestCluster {
  static final long GROUP = 1;
  private static final int MAX_ROUNDS = 100_000;

  final SteppedRuntime runtime = new SteppedRuntime();
  final World world = new World(this);
  private final List<WorkflowType<?, ?>> types;
  private final TreeMap<Integer, TestNode> nodes = new TreeMap<>();
  private final ArrayDeque<Runnable> later = new ArrayDeque<>();
  private final List<Committed> log = new ArrayList<>();
  private final List<Committed.Commands> uncommitted = new ArrayList<>();
  private EngineConfig template = EngineConfig.of("test", "n", GROUP);
  private long term;
  private int leader;

  /** One node of it. */
  final class TestNode {
    final int id;
    final TestGroup group;
    final MemoryDisk disk = new MemoryDisk();
    MemoryStateStore store = new MemoryStateStore(disk);
    List<WorkflowType<?, ?>> registered = types;
    final List<String> blocked = new ArrayList<>();
    final List<Long> activations = new ArrayList<>();
    @Nullable WorkflowEngine engine;
    long delivered;
    private long believesInTerm;
    private boolean believesToLead;

    TestNode(int id) {
      this.id = id;
      group = new TestGroup(TestCluster.this, id);
    }

    WorkflowEngine engine() {
      return Objects.requireNonNull(engine, "node " + id + " is down");
    }

    private void open() {
      EngineConfig config = template.withNode("n" + id);
      WorkflowEngine opened = new WorkflowEngine(config, registered, store, runtime, new Recorder());
      engine = opened;
      delivered = opened.applied().index();
      opened.bind(group);
    }

    private final class Recorder implements NodeListener {
      @Override
      public void activated(String node, long activeTerm) {
        activations.add(activeTerm);
      }

      @Override
      public void runBlocked(String node, String workflowId, String problem) {
        blocked.add(problem);
      }
    }
  }

  private TestCluster(List<WorkflowType<?, ?>> types) {
    this.types = types;
  }

  static TestCluster of(int size, WorkflowType<?, ?>... types) {
    return of(size, config -> config, types);
  }

  static TestCluster of(
      int size, java.util.function.UnaryOperator<EngineConfig> change, WorkflowType<?, ?>... types) {
    return unopened(size, change, types).open();
  }

  /** A cluster whose nodes can still be given other workflows. */
  static TestCluster unopened(
      int size, java.util.function.UnaryOperator<EngineConfig> change, WorkflowType<?, ?>... types) {
    TestCluster cluster = new TestCluster(List.of(types));
    cluster.template = change.apply(cluster.template);
    List<Long> voters = new ArrayList<>();
    for (int id = 1; id <= size; id++) {
      cluster.nodes.put(id, cluster.new TestNode(id));
      voters.add((long) id);
    }
    cluster.log.add(new Committed.Configuration(1, 0, ConfState.ofVoters(voters)));
    return cluster;
  }

  TestCluster open() {
    nodes.values().forEach(TestNode::open);
    return this;
  }

  TestNode node(int id) {
    return Objects.requireNonNull(nodes.get(id));
  }

  WorkflowEngine engine(int id) {
    return node(id).engine();
  }

  long term() {
    return term;
  }

  int leader() {
    return leader;
  }

  boolean leads(int node) {
    return leader == node;
  }

  // ------------------------------------------------------------------------------------------------ Raft

  /** Elects a node. What the old leader had not committed is lost; the old leader does not know yet. */
  void elect(int node) {
    elect(node, 0);
  }

  /** Likewise, but the first {@code kept} uncommitted entries have reached the new leader, which commits them. */
  void elect(int node, int kept) {
    for (int i = 0; i < kept; i++) {
      log.add(uncommitted.get(i));
    }
    uncommitted.clear();
    term++;
    leader = node;
    uncommitted.add(new Committed.Commands(log.size() + 1L, term, List.of()));
    tellRole(node);
  }

  /** Tells a node what it is by now. Committed entries that it has not seen come later. */
  void tellRole(int id) {
    TestNode node = node(id);
    if (node.engine != null && (node.believesInTerm != term || node.believesToLead != (leader == id))) {
      node.believesInTerm = term;
      node.believesToLead = leader == id;
      node.engine.roleChanged(new RoleChange(term, leader, leader == id));
    }
  }

  void tellRoleIfUp(int id) {
    if (node(id).engine != null) {
      tellRole(id);
    }
  }

  long nodesUp() {
    return nodes.values().stream().filter(node -> node.engine != null).count();
  }

  void append(int id, byte[] command, ProposalListener listener) {
    TestNode node = node(id);
    if (!node.believesToLead) {
      later(() -> listener.refused(ProposalResult.Reason.NOT_LEADER, leader));
    } else if (leader == id && node.believesInTerm == term) {
      long index = 1L + log.size() + uncommitted.size();
      long inTerm = term;
      uncommitted.add(new Committed.Commands(index, inTerm, List.of(command)));
      later(() -> listener.appended(inTerm, index));
    } else {
      // A leader that does not know of its successor appends to a log that nobody will commit.
      long inTerm = node.believesInTerm;
      later(() -> listener.appended(inTerm, Long.MAX_VALUE - 1));
    }
  }

  /** A proposal that was held back is appended by whoever leads now. */
  void release(TestGroup.Held held) {
    append(leader, held.command(), held.listener());
  }

  /** What the driver's thread does at some later time. */
  void later(Runnable task) {
    later.add(task);
  }

  boolean runLater() {
    boolean any = !later.isEmpty();
    while (!later.isEmpty()) {
      later.poll().run();
    }
    return any;
  }

  /** How many entries of the leader are not committed. */
  int uncommitted() {
    return uncommitted.size();
  }

  /** Commits what the leader has appended; returns whether there was any. */
  boolean commit() {
    return commit(uncommitted.size());
  }

  boolean commit(int entries) {
    for (int i = 0; i < entries; i++) {
      log.add(uncommitted.removeFirst());
    }
    return entries > 0;
  }

  /** Hands a node what is committed and new to it; returns whether there was any. */
  boolean deliver(int id) {
    return deliver(id, Integer.MAX_VALUE);
  }

  boolean deliver(int id, int entries) {
    TestNode node = node(id);
    long to = Math.min(log.size(), node.delivered + entries);
    if (node.engine == null || node.delivered >= to) {
      return false;
    }
    List<Committed> batch = List.copyOf(log.subList((int) node.delivered, (int) to));
    node.delivered = to;
    node.engine.apply(batch);
    return true;
  }

  long committedIndex() {
    return log.size();
  }

  /** Runs threads, commits, delivers and tells roles until nothing moves, without letting time pass. */
  void settle() {
    for (int round = 0; round < MAX_ROUNDS; round++) {
      boolean any = runtime.runUntilIdle();
      any |= runLater();
      if (leader != 0) {
        any |= commit();
      }
      for (TestNode node : nodes.values()) {
        if (node.engine != null) {
          any |= deliver(node.id);
          tellRole(node.id);
        }
      }
      any |= runtime.runUntilIdle();
      if (!any) {
        return;
      }
    }
    throw new AssertionError("the cluster does not settle");
  }

  /** Lets time pass from alarm to alarm, settling in between. */
  void advance(long ms) {
    long left = ms;
    settle();
    while (true) {
      long next = runtime.nextAlarmMs();
      if (next < 0 || next > left) {
        break;
      }
      runtime.pass(next);
      left -= next;
      settle();
    }
    runtime.pass(left);
    settle();
  }

  // --------------------------------------------------------------------------------------------- crashes

  /** Kills a node; what its store has not made durable is gone. */
  void crash(int id) {
    crash(id, 0);
  }

  /** Likewise, but of the batches that were not flushed, the first {@code survivors} are found afterwards. */
  void crash(int id, int survivors) {
    TestNode node = node(id);
    node.engine().kill();
    node.engine = null;
    node.store.abandon();
    node.disk.crash(Math.min(survivors, node.disk.unsynced()));
    node.store = new MemoryStateStore(node.disk);
    node.believesToLead = false;
    if (leader == id) {
      leader = 0;
    }
  }

  void restart(int id) {
    node(id).open();
  }

  /** Kills every node at once. */
  void crashAll() {
    nodes.keySet().forEach(this::crash);
  }

  /** Hands a node that is behind a snapshot of another one's state instead of the log. */
  void sendSnapshot(int from, int to) {
    TestNode target = node(to);
    try (SnapshotView view = engine(from).view()) {
      SnapshotStaging staging = target.engine().stage(view.metadata());
      staging.addAll(view, 100);
      target.engine().restore(staging);
    }
    target.delivered = engine(from).applied().index();
  }

  // --------------------------------------------------------------------------------------------- requests

  CompletableFuture<StartedRun> start(String type, String id, String json) {
    return engine(leader).start(type, 0, id, json.getBytes(StandardCharsets.UTF_8));
  }

  /** Starts a run whose answer the test does not ask for. */
  void submit(String type, String id, String json) {
    CompletableFuture<StartedRun> started = start(type, id, json);
    if (started.isCompletedExceptionally()) {
      throw new AssertionError("the start of " + id + " was refused: " + started.exceptionNow());
    }
  }

  RunDescription describe(int node, String id) {
    return Objects.requireNonNull(engine(node).describe(id), "node " + node + " knows no " + id);
  }

  Map<String, String> variables(int node, String id) {
    return describe(node, id).variables();
  }

  /** Digests of all nodes that are up. */
  List<String> digests() {
    List<String> digests = new ArrayList<>();
    for (TestNode node : nodes.values()) {
      if (node.engine != null) {
        digests.add(node.engine.stateDigest().toString());
      }
    }
    return digests;
  }
}
