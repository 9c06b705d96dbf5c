package io.raftoral.workflow.node;

import io.raftoral.workflow.NodeStoppedException;
import io.raftoral.workflow.RaftoralException;
import io.raftoral.workflow.RequestOutcomeUnknownException;
import io.raftoral.workflow.client.Answer;
import io.raftoral.workflow.client.Backoff;
import io.raftoral.workflow.client.Deadline;
import io.raftoral.workflow.client.Refusal;
import io.raftoral.workflow.client.Request;
import io.raftoral.workflow.client.Requester;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks the node of this process, without a socket. */
final class LocalRequester implements Requester {
  /** How much later than its deadline the server may be with its answer. */
  private static final long SERVER_GRACE_MS = 1_000;

  private final RequestServer server;

  LocalRequester(RequestServer server) {
    this.server = server;
  }

  @Override
  public Answer ask(Request request, Deadline deadline) {
    Backoff backoff = new Backoff();
    while (true) {
      Answer answer = await(request, server.serve(request, false, deadline), deadline.leftMs() + SERVER_GRACE_MS);
      if (!(answer instanceof Answer.Refused refused)) {
        return answer;
      }
      String stopped = server.stopReason();
      if (stopped != null && refused.refusal() != Refusal.OUTCOME_UNKNOWN) {
        throw new NodeStoppedException(stopped);
      }
      if (refused.refusal() != Refusal.OVERLOADED || deadline.isOver()) {
        throw exception(request, refused);
      }
      // The server tries again by itself where that helps; only its own refusals come back at once.
      await(
          request,
          new CompletableFuture<Answer>()
              .completeOnTimeout(refused, Math.min(backoff.nextMs(), deadline.leftMs()), TimeUnit.MILLISECONDS),
          Backoff.MAX_MS);
    }
  }

  /** The node lives on without its client. */
  @Override
  public void close() {}

  private static RaftoralException exception(Request request, Answer.Refused refused) {
    return request instanceof Request.AwaitEnd await && refused.refusal().retryable()
        ? new RequestOutcomeUnknownException("result of \"" + await.workflowId() + "\": " + refused.message())
        : refused.refusal().toException(refused.message());
  }

  private static Answer await(Request request, CompletableFuture<Answer> answer, long timeoutMs) {
    try {
      return answer.get(timeoutMs, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      // The place that the request holds in the server is free again at once, and not only at its deadline.
      answer.cancel(false);
      throw new RequestOutcomeUnknownException(
          "the thread was interrupted while it waited for " + describe(request), e);
    } catch (ExecutionException | TimeoutException e) {
      throw new RequestOutcomeUnknownException("the node did not answer: " + describe(request), e);
    }
  }

  private static String describe(Request request) {
    return switch (request) {
      case Request.Command command -> command.shown();
      case Request.AwaitUpdate update -> "the answer of an update of \"" + update.workflowId() + "\"";
      case Request.Query query -> "the query \"" + query.name() + "\" of \"" + query.workflowId() + "\"";
      case Request.AwaitEnd await -> "the result of \"" + await.workflowId() + "\"";
      case Request.Describe describe -> "the description of \"" + describe.workflowId() + "\"";
      case Request.History history -> "the history of \"" + history.workflowId() + "\"";
      case Request.Replicas replicas -> "the replicas of \"" + replicas.workflowId() + "\"";
      case Request.ListRuns _ -> "a list of runs";
      case Request.AskCluster _, Request.AskNode _ -> "the status";
    };
  }
}
