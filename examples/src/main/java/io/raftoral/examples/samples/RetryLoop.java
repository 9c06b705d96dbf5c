package io.raftoral.examples.samples;

import io.raftoral.workflow.EffectContext;
import io.raftoral.workflow.ReplicatedVar;
import io.raftoral.workflow.SideEffect;
import io.raftoral.workflow.SideEffectFailedException;
import io.raftoral.workflow.WorkflowContext;
import io.raftoral.workflow.WorkflowType;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The program that Raftoral was invented for: a loop around a call that may fail, with its counter and its result as
 * replicated variables. It reads like a single-threaded program on one machine. It runs on all machines of the cluster:
 * the leader makes the calls, the others follow it checkpoint by checkpoint, and whoever leads next goes on in the very
 * iteration in which the last one died, with {@code retry_count} as it was.
 *
 * <p>(A retry policy of the side effect does the same in one line. This is what it does.)
 */
public final class RetryLoop {
  /** The name under which the workflow is registered. */
  public static final String TYPE = "retry-loop";

  private RetryLoop() {}

  /** The call that may fail. */
  @FunctionalInterface
  public interface Api {
    /**
     * Calls.
     *
     * @throws Exception if the call failed
     */
    String call(EffectContext context, Request request, int retry) throws Exception;
  }

  /**
   * What to call, and how patient to be.
   *
   * @param url of the API
   * @param failures how often the fake API fails before it answers
   * @param maxRetries when to give up
   * @param backoffMs how long to wait between two calls
   */
  public record Request(String url, int failures, int maxRetries, long backoffMs) {}

  /**
   * How it ended.
   *
   * @param result null if every call failed
   */
  public record Answer(@Nullable String result, int retryCount) {}

  /** The workflow. */
  public static WorkflowType<Request, Answer> type(Api api) {
    return WorkflowType.of(TYPE, 1, Request.class, Answer.class, (workflow, request) -> run(workflow, request, api));
  }

  private static Answer run(WorkflowContext workflow, Request request, Api api) {
    ReplicatedVar<Integer> retryCount = workflow.replicated("retry_count", Integer.class, 0);
    ReplicatedVar<@Nullable String> result = workflow.replicated("result", String.class, null);
    SideEffect<String> call =
        workflow.sideEffect("call-api", String.class, context -> api.call(context, request, retryCount.get()));

    while (result.get() == null && retryCount.get() <= request.maxRetries()) {
      try {
        result.set(call.call());
      } catch (SideEffectFailedException e) {
        retryCount.update(n -> n + 1);
        workflow.sleep(Duration.ofMillis(request.backoffMs()));
      }
    }
    return new Answer(result.get(), retryCount.get());
  }
}
