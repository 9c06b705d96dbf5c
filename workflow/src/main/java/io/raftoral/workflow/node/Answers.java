package io.raftoral.workflow.node;

import io.raftoral.workflow.BranchFailedException;
import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.LimitExceededException;
import io.raftoral.workflow.NodeStoppedException;
import io.raftoral.workflow.OutcomeUnknownException;
import io.raftoral.workflow.PayloadException;
import io.raftoral.workflow.RaftoralException;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.RequestOutcomeUnknownException;
import io.raftoral.workflow.SideEffectFailedException;
import io.raftoral.workflow.UpdateFailedException;
import io.raftoral.workflow.WorkflowCancelledException;
import io.raftoral.workflow.WorkflowFailedException;
import io.raftoral.workflow.client.Answer;
import io.raftoral.workflow.client.Refusal;
import java.util.concurrent.CancellationException;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Failures as answers. */
final class Answers {
  private static final Logger log = LoggerFactory.getLogger(Answers.class);

  private Answers() {}

  /** What a client is told of {@code failure}. */
  static Answer of(Throwable failure) {
    Throwable cause = Futures.unwrap(failure);
    if (cause instanceof RaftoralException known) {
      return new Answer.Refused(refusal(known), message(known));
    }
    if (cause instanceof CancellationException) {
      return new Answer.Refused(Refusal.UNAVAILABLE, "the request was called off");
    }
    if (cause instanceof RejectedExecutionException) {
      // Futures that go on upon the workers fail so: nothing was done.
      return RequestThreads.OVERLOADED;
    }
    // A defect of ours. Nobody can tell how far the request came, and the client cannot do anything about it.
    log.error("A request failed in an unexpected way", cause);
    return new Answer.Refused(Refusal.OUTCOME_UNKNOWN, "the node failed unexpectedly, see its log: " + cause);
  }

  private static Refusal refusal(RaftoralException failure) {
    return switch (failure) {
      case RefusedException refused -> Refusal.of(refused.code());
      case LimitExceededException _ -> Refusal.LIMIT_EXCEEDED;
      case PayloadException _, ConfigurationException _ -> Refusal.BAD_REQUEST;
      case NodeStoppedException _ -> Refusal.UNAVAILABLE;
      case RequestOutcomeUnknownException _ -> Refusal.OUTCOME_UNKNOWN;
      // Thrown to workflows, never to clients.
      case OutcomeUnknownException _, SideEffectFailedException _, WorkflowFailedException _,
          BranchFailedException _, WorkflowCancelledException _, UpdateFailedException _ -> Refusal.OUTCOME_UNKNOWN;
    };
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
