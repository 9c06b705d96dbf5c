package io.raftoral.examples.samples;

import io.raftoral.workflow.WorkflowContext;
import io.raftoral.workflow.WorkflowType;
import java.time.Duration;
import java.time.Instant;

/** Sleeps, and tells how long it slept: longer than it wanted to, if no node was there to wake it. */
public final class Sleeper {
  /** The name under which the workflow is registered. */
  public static final String TYPE = "sleeper";

  private Sleeper() {}

  /** How long to sleep; a negative time fails the run. */
  public record Request(long millis) {}

  /** How long it slept, by the clocks of the nodes that were active before and after. */
  public record Answer(long sleptMillis) {}

  /** The workflow. */
  public static WorkflowType<Request, Answer> type() {
    return WorkflowType.of(TYPE, 1, Request.class, Answer.class, Sleeper::run);
  }

  private static Answer run(WorkflowContext workflow, Request request) {
    if (request.millis() < 0) {
      throw new IllegalArgumentException("cannot sleep for " + request.millis() + " ms");
    }
    Instant asleep = workflow.now();
    workflow.sleep(Duration.ofMillis(request.millis()));
    return new Answer(Duration.between(asleep, workflow.now()).toMillis());
  }
}
