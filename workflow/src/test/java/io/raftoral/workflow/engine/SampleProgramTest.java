package io.raftoral.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.workflow.ReplicatedVar;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.SideEffectFailedException;
import io.raftoral.workflow.WorkflowType;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The program with which Raftoral was first described: a retry loop around a call, whose state is replicated. */
class SampleProgramTest {
  private final AtomicReference<TestCluster> cluster = new AtomicReference<>();

  private final WorkflowType<Integer, String> program =
      WorkflowType.of(
          "call-api",
          1,
          Integer.class,
          String.class,
          (context, failures) -> {
            ReplicatedVar<Integer> retryCount = context.replicated("retry_count", Integer.class, 0);
            ReplicatedVar<String> result = context.replicated("result", String.class, "");
            while (true) {
              int attempt = retryCount.update(count -> count + 1);
              try {
                String answer =
                    context
                        .sideEffect(
                            "call",
                            String.class,
                            effect -> {
                              cluster.get().world.call(effect);
                              if (attempt <= failures) {
                                throw new IOException("no answer to request " + attempt);
                              }
                              return "answer " + attempt;
                            })
                        .call();
                result.set(answer);
                return answer;
              } catch (SideEffectFailedException failed) {
                result.set(failed.failureMessage());
              }
            }
          });

  @Test
  void theLoopRunsUntilTheCallSucceeds() {
    TestCluster three = TestCluster.of(3, program);
    cluster.set(three);
    three.elect(1);
    three.settle();

    CompletableFuture<StartedRun> started = three.start("call-api", "w", "2");
    CompletableFuture<RunEnd> endOnFollower = three.engine(3).awaitEnd("w");
    three.settle();

    assertThat(started).isCompleted();
    assertThat(endOnFollower).isCompletedWithValueMatching(end -> "\"answer 3\"".equals(end.result()));
    assertThat(three.world.calls()).hasSize(3).allMatch(call -> call.context().node().equals("n1"));
    for (int node = 1; node <= 3; node++) {
      assertThat(three.variables(node, "w")).containsEntry("retry_count", "3").containsEntry("result", "\"answer 3\"");
      assertThat(three.describe(node, "w").summary().status()).isEqualTo(RunStatus.COMPLETED);
    }
    assertThat(three.digests()).containsOnly(three.digests().getFirst());
  }
}
