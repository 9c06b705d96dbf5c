package io.raftoral.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.Status;
import io.raftoral.raft.driver.Committed;
import io.raftoral.raft.driver.Group;
import io.raftoral.raft.driver.ProposalListener;
import io.raftoral.raft.driver.ReadListener;
import io.raftoral.raft.driver.RoleChange;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.storage.memory.MemoryDisk;
import io.raftoral.storage.memory.MemoryStateStore;
import io.raftoral.workflow.Delivery;
import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.OutcomeUnknownException;
import io.raftoral.workflow.ReplicatedVar;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.runtime.EngineRuntime;
import io.raftoral.workflow.engine.runtime.VirtualThreadRuntime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Two engines on real virtual threads, and one thread that appends, commits and applies for both of them as fast as it
 * can. Role flips come at any moment of the workflows' lives.
 */
class VirtualThreadsTest {
  private static final int RUNS = 200;
  private static final int ASSIGNMENTS = 50;
  private static final long PATIENCE_S = 60;

  private final Map<String, AtomicInteger> atMostOnce = new ConcurrentHashMap<>();
  private final Pipe pipe = new Pipe();

  private final WorkflowType<Integer, Long> type =
      WorkflowType.of(
          "adder",
          1,
          Integer.class,
          Long.class,
          (context, start) -> {
            ReplicatedVar<Long> sum = context.replicated("sum", Long.class, (long) start);
            for (int i = 0; i < ASSIGNMENTS; i++) {
              sum.update(value -> value + 1);
              if (i % 20 == 10) {
                sum.set(sum.get() + context.sideEffect("alo", Long.class, effect -> 1L).call());
              }
              if (i == 30) {
                try {
                  sum.set(
                      sum.get()
                          + context
                              .sideEffect(
                                  "amo",
                                  Long.class,
                                  effect -> {
                                    atMostOnce
                                        .computeIfAbsent(effect.idempotencyKey(), key -> new AtomicInteger())
                                        .incrementAndGet();
                                    return 1L;
                                  })
                              .withDelivery(Delivery.AT_MOST_ONCE)
                              .call());
                } catch (OutcomeUnknownException unknown) {
                  sum.set(sum.get() + 1);
                }
                context.sleep(Duration.ofMillis(1));
              }
            }
            return sum.get();
          });

  @AfterEach
  void stop() {
    pipe.close();
  }

  @Test
  void workflowsOnRealThreadsSurviveRoleFlips() throws Exception {
    pipe.open(2, type, runtime -> runtime);
    pipe.elect(0);
    List<CompletableFuture<RunEnd>> ends = new ArrayList<>();
    List<CompletableFuture<RunEnd>> otherEnds = new ArrayList<>();
    for (int i = 0; i < RUNS; i++) {
      int run = i;
      start(run);
      ends.add(pipe.engines.get(0).awaitEnd("run-" + run));
      otherEnds.add(pipe.engines.get(1).awaitEnd("run-" + run));
      if (i % 20 == 19) {
        pipe.elect(i / 20 % 2);
      }
    }

    // One for each assignment, and for each of three effects.
    long expected = ASSIGNMENTS + 3;
    for (int i = 0; i < RUNS; i++) {
      RunEnd end = ends.get(i).get(PATIENCE_S, TimeUnit.SECONDS);
      assertThat(end.result()).as("run %s: %s", i, end).isEqualTo(String.valueOf(i + expected));
      assertThat(otherEnds.get(i).get(PATIENCE_S, TimeUnit.SECONDS)).isEqualTo(end);
    }
    assertThat(atMostOnce.values()).allMatch(times -> times.get() <= 1);
    assertThat(pipe.failures).isEmpty();
    CompletableFuture<Boolean> equal = new CompletableFuture<>();
    pipe.tasks.add(
        () ->
            equal.complete(
                pipe.engines.get(0).stateDigest().equals(pipe.engines.get(1).stateDigest())
                    && pipe.engines.get(0).status().blockedRuns() == 0
                    && pipe.engines.get(1).status().blockedRuns() == 0));
    assertThat(equal.get(PATIENCE_S, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void anAlarmThatGoesOffAtOnceWakesItsThread() throws Exception {
    WorkflowType<Integer, String> sleeper =
        WorkflowType.of(
            "sleeper",
            1,
            Integer.class,
            String.class,
            (context, ms) -> {
              context.sleep(Duration.ofMillis(ms));
              return "awake";
            });
    pipe.open(1, sleeper, EarlyAlarms::new);
    pipe.elect(0);
    while (!pipe.engines.get(0).status().active()) {
      Thread.onSpinWait();
    }

    pipe.engines
        .get(0)
        .start("sleeper", 0, "early", "50".getBytes(StandardCharsets.UTF_8))
        .get(PATIENCE_S, TimeUnit.SECONDS);

    RunEnd end = pipe.engines.get(0).awaitEnd("early").get(PATIENCE_S, TimeUnit.SECONDS);
    assertThat(end.result()).isEqualTo("\"awake\"");
    assertThat(pipe.failures).isEmpty();
  }

  /** Runs what is scheduled from a workflow's thread before that thread goes on, as a busy machine may. */
  private record EarlyAlarms(EngineRuntime runtime) implements EngineRuntime {
    @Override
    public Cancellable schedule(long delayMs, Runnable task) {
      if (Thread.currentThread().isVirtual()) {
        task.run();
        return () -> {};
      }
      return runtime.schedule(delayMs, task);
    }

    @Override
    public long nowMs() {
      return runtime.nowMs();
    }

    @Override
    public long nanoTime() {
      return runtime.nanoTime();
    }

    @Override
    public long randomLong() {
      return runtime.randomLong();
    }

    @Override
    public Strand spawn(String name, Runnable body) {
      return runtime.spawn(name, body);
    }

    @Override
    public void park() {
      runtime.park();
    }

    @Override
    public void background(Runnable task) {
      runtime.background(task);
    }
  }

  /** Asks whichever engine leads until one takes it, as a client would. */
  private void start(int run) throws Exception {
    while (true) {
      CompletableFuture<StartedRun> started =
          pipe.engines
              .get(pipe.leader)
              .start("adder", 0, "run-" + run, String.valueOf(run).getBytes(StandardCharsets.UTF_8));
      try {
        started.get(PATIENCE_S, TimeUnit.SECONDS);
        return;
      } catch (java.util.concurrent.ExecutionException refused) {
        assertThat(refused).hasCauseInstanceOf(io.raftoral.workflow.RefusedException.class);
        Thread.onSpinWait();
      }
    }
  }

  /** What a driver does, without disk and network: one thread, one log. */
  private static final class Pipe implements AutoCloseable {
    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final List<WorkflowEngine> engines = new ArrayList<>();
    private final List<VirtualThreadRuntime> runtimes = new ArrayList<>();
    private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong term = new AtomicLong();
    private final Thread thread = Thread.ofPlatform().daemon().name("pipe").unstarted(this::loop);
    private volatile int leader;
    private volatile boolean closed;
    private long index;

    void open(int size, WorkflowType<?, ?> type, UnaryOperator<EngineRuntime> around) {
      for (int i = 0; i < size; i++) {
        VirtualThreadRuntime runtime = new VirtualThreadRuntime("n" + i);
        runtimes.add(runtime);
        WorkflowEngine engine =
            new WorkflowEngine(
                EngineConfig.of("test", "n" + i, 1),
                List.of(type),
                new MemoryStateStore(new MemoryDisk()),
                around.apply(runtime),
                NodeListener.NONE);
        engines.add(engine);
        engine.bind(new PipeGroup(i));
      }
      thread.start();
      tasks.add(() -> applyAll(new Committed.Configuration(++index, 0, ConfState.ofVoters(List.of(1L, 2L)))));
    }

    void elect(int who) {
      tasks.add(
          () -> {
            long now = term.incrementAndGet();
            leader = who;
            for (int i = 0; i < engines.size(); i++) {
              engines.get(i).roleChanged(new RoleChange(now, who + 1L, i == who));
            }
            applyAll(new Committed.Commands(++index, now, List.of()));
          });
    }

    private void applyAll(Committed entry) {
      engines.forEach(engine -> engine.apply(List.of(entry)));
    }

    private void loop() {
      while (!closed) {
        try {
          Runnable task = tasks.poll(100, TimeUnit.MILLISECONDS);
          if (task != null) {
            task.run();
          }
        } catch (InterruptedException stopped) {
          return;
        } catch (Throwable failed) {
          failures.add(failed);
        }
      }
    }

    @Override
    public void close() {
      closed = true;
      engines.forEach(WorkflowEngine::close);
      runtimes.forEach(VirtualThreadRuntime::close);
    }

    private final class PipeGroup implements Group {
      private final int node;

      PipeGroup(int node) {
        this.node = node;
      }

      @Override
      public long id() {
        return 1;
      }

      @Override
      public void propose(byte[] command, ProposalListener listener) {
        tasks.add(
            () -> {
              if (leader != node) {
                listener.refused(ProposalResult.Reason.NOT_LEADER, leader + 1L);
                return;
              }
              long now = term.get();
              listener.appended(now, ++index);
              applyAll(new Committed.Commands(index, now, List.of(command)));
            });
      }

      @Override
      public void proposeChange(ConfChange change, ProposalListener listener) {}

      @Override
      public void read(ReadListener listener) {}

      @Override
      public void transferLeadership(long to) {}

      @Override
      public long leaseUntilNanos() {
        return leader == node ? Long.MAX_VALUE : Long.MIN_VALUE;
      }

      @Override
      public void status(Consumer<Status> consumer) {}
    }
  }
}
