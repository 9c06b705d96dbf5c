package io.raftoral.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftoral.storage.memory.MemoryDisk;
import io.raftoral.storage.memory.MemoryStateStore;
import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.RunProblem;
import io.raftoral.workflow.WorkflowCode;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.runtime.VirtualThreadRuntime;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Threads of real workflows that do not come out of their code. */
class WatchdogTest {
  private static final long STUCK_AFTER_MS = 100;

  private final VirtualThreadRuntime runtime = new VirtualThreadRuntime("n1");
  private final Queue<RunProblem> told = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean released = new AtomicBoolean();
  private final CountDownLatch latch = new CountDownLatch(1);
  private AutoCloseable log = () -> {};

  private WorkflowEngine running(WorkflowCode<String, String> code) {
    WorkflowEngine engine =
        new WorkflowEngine(
            EngineConfig.of("test", "n1", 1).withStuckAfterMs(STUCK_AFTER_MS),
            List.of(WorkflowType.of("w", 1, String.class, String.class, code)),
            new MemoryStateStore(new MemoryDisk()),
            runtime,
            new NodeListener() {
              @Override
              public void runStuck(String node, String workflowId, RunProblem problem) {
                told.add(problem);
              }
            });
    log = new SingleNodeLog(engine, 1);
    await().until(() -> engine.status().active());
    var _ = engine.start("w", 1, "w", "\"in\"".getBytes(StandardCharsets.UTF_8));
    return engine;
  }

  @AfterEach
  void release() throws Exception {
    released.set(true);
    latch.countDown();
    log.close();
    runtime.close();
  }

  private static void ends(WorkflowEngine engine) {
    await().until(() -> engine.status().endedRuns() == 1);
    await().until(() -> engine.status().stuckRuns() == 0);
  }

  @Test
  void anEndlessLoopIsReportedWithItsStackAndForgottenWhenItEnds() {
    WorkflowEngine engine =
        running(
            (context, input) -> {
              context.now();
              while (!released.get()) {
                Thread.onSpinWait();
              }
              return input;
            });

    await().until(() -> engine.status().stuckRuns() == 1);
    RunProblem problem = Objects.requireNonNull(engine.replica("w").problem());
    assertThat(problem.kind()).isEqualTo(RunProblem.Kind.STUCK);
    assertThat(problem.line()).contains("WatchdogTest.java:");
    assertThat(problem.message()).contains("more than " + STUCK_AFTER_MS + " ms", "WatchdogTest.java:");
    assertThat(problem.stack()).anyMatch(frame -> frame.contains("WatchdogTest"));
    assertThat(Objects.requireNonNull(engine.describe("w")).problem()).contains("WatchdogTest.java:");
    await().until(() -> told.size() == 1);

    released.set(true);
    ends(engine);
    assertThat(told).hasSize(1);
  }

  @Test
  void aCallThatBlocksOutsideTheEngineIsReported() {
    WorkflowEngine engine =
        running(
            (context, input) -> {
              try {
                latch.await();
              } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
              }
              return input;
            });

    await().until(() -> !told.isEmpty());
    assertThat(told.element().stack()).anyMatch(frame -> frame.contains("CountDownLatch.await"));
    latch.countDown();
    ends(engine);
  }

  @Test
  void effectsAndTimersMayTakeTheirTime() {
    WorkflowEngine engine =
        running(
            (context, input) -> {
              context.sleep(Duration.ofMillis(4 * STUCK_AFTER_MS));
              context
                  .sideEffect(
                      "slow", Boolean.class, effect -> latch.await(4 * STUCK_AFTER_MS, TimeUnit.MILLISECONDS))
                  .call();
              return input;
            });
    ends(engine);

    assertThat(told).isEmpty();
  }
}
