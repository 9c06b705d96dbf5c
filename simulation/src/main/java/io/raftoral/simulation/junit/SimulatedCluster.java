package io.raftoral.simulation.junit;

import io.raftoral.simulation.workflow.StrandThreads;
import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.WorkflowFailedException;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.RunEnd;
import io.raftoral.workflow.engine.StartedRun;
import io.raftoral.workflow.engine.WorkflowEngine;
import io.raftoral.workflow.engine.payload.Payloads;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A whole Raftoral cluster in one thread and in virtual time, for tests of workflows: production code on a simulated
 * network, disk and clock. A JUnit extension that gives each test a cluster of its own:
 *
 * <pre>{@code
 * @RegisterExtension
 * final SimulatedCluster cluster = SimulatedCluster.of(3).register(ReminderWorkflow.TYPE).build();
 *
 * @Test
 * void remindsAfterAMonthThoughEveryNodeDiesInBetween() {
 *   SimulatedRun<String> run = cluster.start(ReminderWorkflow.TYPE, "r1", "call mum");
 *   cluster.advance(Duration.ofDays(29));
 *   cluster.restartAll();
 *   assertThat(run.result()).isEqualTo("reminded");
 * }
 * }</pre>
 *
 * <p>Nodes are named {@code n1}, {@code n2} and so on. Time passes only inside methods of this class and of {@link
 * SimulatedRun}: while they wait, and in {@link #advance}. Time in which nothing happens is leapt over, so that a sleep
 * of thirty days takes milliseconds. Effects take no time. The same test does the same each time.
 *
 * <p>Workflow code and effects run on this thread or on threads that are scheduled by it; they must not block on
 * anything else, such as {@code Thread.sleep} or a socket, unless {@link Builder#effectsMayBlock} is said. After each
 * test the cluster must not have broken one of Raftoral's own promises, and no workflow may have diverged.
 */
public final class SimulatedCluster implements BeforeEachCallback, AfterEachCallback {
  private static final Duration RETRY = Duration.ofMillis(50);

  private final Builder settings;
  private final Payloads payloads = new Payloads();
  private @Nullable Session open;

  private SimulatedCluster(Builder settings) {
    this.settings = settings;
  }

  /** Describes a cluster of {@code nodes} nodes, 1 to 9. */
  public static Builder of(int nodes) {
    if (nodes < 1 || nodes > 9) {
      throw new IllegalArgumentException("a simulated cluster has 1 to 9 nodes, not " + nodes);
    }
    return new Builder(nodes);
  }

  /** What a cluster is made of. */
  public static final class Builder {
    private final int nodes;
    private final List<WorkflowType<?, ?>> types = new ArrayList<>();
    private long seed = 1;
    private NodeListener listener = NodeListener.NONE;
    private StrandThreads.Kind threads = StrandThreads.Kind.best();
    private Runnable reset = () -> {};

    private Builder(int nodes) {
      this.nodes = nodes;
    }

    /** Workflows that every node can run. */
    public Builder register(WorkflowType<?, ?>... workflows) {
      types.addAll(Arrays.asList(workflows));
      return this;
    }

    /** Another order of events; 1 unless said otherwise. */
    public Builder seed(long newSeed) {
      seed = newSeed;
      return this;
    }

    /** Told of what happens on all nodes. */
    public Builder listener(NodeListener newListener) {
      listener = newListener;
      return this;
    }

    /** Run before each cluster is opened, replays included: clears what effects of an earlier one have left behind. */
    public Builder reset(Runnable action) {
      reset = action;
      return this;
    }

    /** Lets effects block on other threads, at some cost in speed. What they do then is no longer repeatable. */
    public Builder effectsMayBlock() {
      threads = StrandThreads.Kind.HANDED_OVER;
      return this;
    }

    /** The cluster. It opens before each test, or by {@link SimulatedCluster#open()}. */
    public SimulatedCluster build() {
      return new SimulatedCluster(this);
    }
  }

  // ------------------------------------------------------------------------------------------------- life

  @Override
  public void beforeEach(ExtensionContext context) {
    open();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    close();
  }

  /** Starts a fresh cluster, in place of the one before; for use without JUnit. Returns when there is a leader. */
  public SimulatedCluster open() {
    settings.reset.run();
    open = new Session(settings.nodes, settings.seed, settings.types, settings.listener, settings.threads);
    return this;
  }

  /** Ends it, and says if one of Raftoral's promises was broken. */
  public void close() {
    Session ending = open;
    open = null;
    if (ending != null) {
      ending.check();
    }
  }

  Session session() {
    return Objects.requireNonNull(
        open,
        "the cluster is not open: register it with @RegisterExtension on a field that is not static, or call open()");
  }

  // ------------------------------------------------------------------------------------------------- time

  /** What the clocks on the walls say. */
  public Instant now() {
    return Instant.ofEpochMilli(session().nowMs());
  }

  /** Lets time pass. */
  public void advance(Duration duration) {
    session().advance(duration);
  }

  // -------------------------------------------------------------------------------------------- workflows

  /**
   * Starts a run, or finds it. Returns when the start is committed.
   *
   * @throws RefusedException if the start is refused for good, as in production
   */
  public <I, O extends @Nullable Object> SimulatedRun<O> start(WorkflowType<I, O> type, String id, I input) {
    Session session = session();
    byte[] json = payloads.encode("the input of " + id, type.inputClass(), input);
    boolean[] done = {false};
    while (!done[0]) {
      session.await("a leader that starts " + id, () -> session.control().active() != 0);
      int node = session.control().active();
      CompletableFuture<StartedRun> started =
          engine(node).start(type.name(), type.version(), id, json.clone());
      session.runFor(Duration.ofSeconds(2), () -> started.isDone() || !session.control().isUp(node));
      done[0] = started.isDone() && !refused(started);
      if (!done[0]) {
        session.runFor(RETRY, () -> false);
      }
    }
    return new Run<>(type, id);
  }

  /** Whether it is worth asking again; throws if it is not. */
  private static boolean refused(CompletableFuture<?> request) {
    try {
      request.join();
      return false;
    } catch (CompletionException failed) {
      if (failed.getCause() instanceof RefusedException refused
          && (refused.code() == RefusedException.Code.NO_LEADER
              || refused.code() == RefusedException.Code.UNAVAILABLE
              || refused.code() == RefusedException.Code.OVERLOADED)) {
        return true;
      }
      if (failed.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw failed;
    }
  }

  private WorkflowEngine engine(int node) {
    return Objects.requireNonNull(session().control().engine(node), "node n" + node + " is down");
  }

  /** What a run looks like on the active node. */
  public RunDescription describe(String id) {
    Session session = session();
    session.await("a leader that describes " + id, () -> session.control().active() != 0);
    RunDescription run = engine(session.control().active()).describe(id);
    if (run == null) {
      throw new RefusedException(RefusedException.Code.UNKNOWN_WORKFLOW, "no run has the id " + id);
    }
    return run;
  }

  private final class Run<O extends @Nullable Object> implements SimulatedRun<O> {
    private final WorkflowType<?, O> type;
    private final String id;
    private @Nullable RunEnd end;

    private Run(WorkflowType<?, O> type, String id) {
      this.type = type;
      this.id = id;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public boolean isDone() {
      Session session = session();
      for (int node = 1; node <= session.size() && end == null; node++) {
        WorkflowEngine engine = session.control().engine(node);
        CompletableFuture<RunEnd> known = engine == null ? null : engine.awaitEnd(id);
        if (known != null && known.isDone() && !known.isCompletedExceptionally()) {
          end = known.join();
        }
      }
      return end != null;
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // decode returns what the class says, null if there is none
    public O result() {
      awaitEnd(id);
      isDone();
      RunEnd over = Objects.requireNonNull(end);
      String failure = over.failureType();
      if (failure != null) {
        throw new WorkflowFailedException(id, failure, Objects.requireNonNullElse(over.failureMessage(), ""));
      }
      byte[] json = Objects.requireNonNull(over.result()).getBytes(StandardCharsets.UTF_8);
      return (O) payloads.decode("the result of " + id, type.resultClass(), json);
    }

    @Override
    public RunDescription describe() {
      return SimulatedCluster.this.describe(id);
    }
  }

  /** Lets time pass until a run has ended on a node. */
  void awaitEnd(String id) {
    Session session = session();
    boolean[] over = {false};
    while (!over[0]) {
      session.await("a node that is up", () -> session.control().active() != 0);
      int node = session.control().active();
      CompletableFuture<RunEnd> end = engine(node).awaitEnd(id);
      session.await(
          "the end of " + id, () -> end.isDone() || session.control().active() != node);
      over[0] = end.isDone() && !end.isCompletedExceptionally();
    }
  }

  // ----------------------------------------------------------------------------------------------- faults

  /** The names of all nodes. */
  public List<String> nodes() {
    List<String> names = new ArrayList<>();
    for (int node = 1; node <= settings.nodes; node++) {
      names.add("n" + node);
    }
    return names;
  }

  /** The node that runs workflows actively; lets time pass until there is one. */
  public String leader() {
    Session session = session();
    session.await("a leader", () -> session.control().active() != 0);
    return "n" + session.control().active();
  }

  /** Kills the leader: its process dies and its machine loses power. Returns its name. Lets no time pass. */
  public String killLeader() {
    String leader = leader();
    kill(leader);
    return leader;
  }

  /** Kills a node; what it had not synced is lost. It stays down until it is restarted. */
  public void kill(String node) {
    session().control().kill(number(node));
  }

  /** Starts a node that was killed; does nothing if it runs. */
  public void restart(String node) {
    session().control().restart(number(node));
  }

  /** All nodes lose power at once and start again. */
  public void restartAll() {
    nodes().forEach(this::kill);
    nodes().forEach(this::restart);
  }

  /** Cuts the nodes that are named off from all others; they still reach each other. Adds to earlier partitions. */
  public void partition(String... side) {
    TreeSet<Integer> inside = new TreeSet<>();
    for (String node : side) {
      inside.add(number(node));
    }
    for (int from = 1; from <= settings.nodes; from++) {
      for (int to = 1; to <= settings.nodes; to++) {
        if (inside.contains(from) != inside.contains(to)) {
          session().control().cut(from, to, true);
        }
      }
    }
  }

  /** Mends the network and starts every node that is down. */
  public void heal() {
    session().control().mend();
    nodes().forEach(this::restart);
  }

  private int number(String node) {
    int number = nodes().indexOf(node) + 1;
    if (number == 0) {
      throw new IllegalArgumentException("no node " + node + "; there are " + nodes());
    }
    return number;
  }

  // --------------------------------------------------------------------------------------------- crash replay

  /**
   * Runs a workflow on a fresh cluster without any fault, then once more for each position of its journal and each of
   * three moments, with the leader dying there: as soon as the position is committed; when it has done what comes next
   * (an effect, say) and nobody has heard of that; and, where an at-most-once effect comes next, when that was
   * announced and run and nobody has heard how it went. Each run has to end as the first one did. Closes the present
   * cluster.
   *
   * @throws AssertionError if one does not, naming the position, what was recorded there, and what was different
   */
  public <I, O extends @Nullable Object> void assertSurvivesCrashAtEveryStep(WorkflowType<I, O> type, I input) {
    assertSurvivesCrashAtEveryStep(type, input, run -> {});
  }

  /**
   * Likewise.
   *
   * @param check looks at each run when it has ended, and at what it has done to the world; throws if it does not like
   *     it
   */
  public <I, O extends @Nullable Object> void assertSurvivesCrashAtEveryStep(
      WorkflowType<I, O> type, I input, Consumer<RunDescription> check) {
    if (settings.nodes < 3) {
      throw new IllegalArgumentException(
          "a cluster survives the death of a node if it has three, not " + settings.nodes);
    }
    new CrashReplay<>(this, type, input, check).run();
  }
}
