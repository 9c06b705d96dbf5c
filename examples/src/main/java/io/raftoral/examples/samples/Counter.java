package io.raftoral.examples.samples;

import io.raftoral.examples.service.EffectCall;
import io.raftoral.examples.service.Ledger;
import io.raftoral.workflow.ReplicatedVar;
import io.raftoral.workflow.WorkflowContext;
import io.raftoral.workflow.WorkflowType;
import java.time.Duration;

/** Counts up, with a side effect for each step: something to kill nodes under. */
public final class Counter {
  /** The name under which the workflow is registered. */
  public static final String TYPE = "counter";

  private Counter() {}

  /**
   * How far to count.
   *
   * @param steps the last number
   * @param pauseMs how long to sleep, durably, after each; 0 for not at all
   */
  public record Request(int steps, long pauseMs) {}

  /** How far it came. */
  public record Answer(int count) {}

  /** The workflow. */
  public static WorkflowType<Request, Answer> type(Ledger ledger) {
    return WorkflowType.of(TYPE, 1, Request.class, Answer.class, (workflow, request) -> run(workflow, request, ledger));
  }

  private static Answer run(WorkflowContext workflow, Request request, Ledger ledger) {
    ReplicatedVar<Integer> count = workflow.replicated("count", Integer.class, 0);
    while (count.get() < request.steps()) {
      int step = count.get() + 1;
      workflow
          .sideEffect(
              "step-" + step,
              Integer.class,
              call -> {
                ledger.record(EffectCall.of(call));
                return step;
              })
          .call();
      count.set(step);
      if (request.pauseMs() > 0) {
        workflow.sleep(Duration.ofMillis(request.pauseMs()));
      }
    }
    return new Answer(count.get());
  }
}
