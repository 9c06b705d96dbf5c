package io.raftoral.workflow;

import org.jspecify.annotations.Nullable;

/** Everything that Raftoral reports to its users. Messages say what happened, to what, and what to do. */
public abstract sealed class RaftoralException extends RuntimeException
    permits BranchFailedException,
        ConfigurationException,
        LimitExceededException,
        NodeStoppedException,
        OutcomeUnknownException,
        PayloadException,
        RefusedException,
        RequestOutcomeUnknownException,
        SideEffectFailedException,
        UpdateFailedException,
        WorkflowCancelledException,
        WorkflowFailedException {
  private static final long serialVersionUID = 1L;

  RaftoralException(String message) {
    super(message);
  }

  RaftoralException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
