package io.raftoral.workflow.client;

import io.raftoral.workflow.LimitExceededException;
import io.raftoral.workflow.RaftoralException;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.RequestOutcomeUnknownException;

/** Why a request got no proper answer: each is exactly one exception of the public API, in both directions. */
public enum Refusal {
  NO_LEADER,
  OVERLOADED,
  UNKNOWN_WORKFLOW,
  UNKNOWN_TYPE,
  ID_IN_USE,
  BAD_REQUEST,
  RUN_ENDED,
  UNAVAILABLE,
  /** A {@link LimitExceededException}. */
  LIMIT_EXCEEDED,
  /** A {@link RequestOutcomeUnknownException}: the only one that does not mean "surely not carried out". */
  OUTCOME_UNKNOWN;

  /** Whether the same request may succeed a little later, or at another node. */
  public boolean retryable() {
    return switch (this) {
      case NO_LEADER, OVERLOADED, UNAVAILABLE, OUTCOME_UNKNOWN -> true;
      case UNKNOWN_WORKFLOW, UNKNOWN_TYPE, ID_IN_USE, BAD_REQUEST, RUN_ENDED, LIMIT_EXCEEDED -> false;
    };
  }

  /** What the caller of the API gets to see. */
  public RaftoralException toException(String message) {
    return switch (this) {
      case NO_LEADER -> new RefusedException(RefusedException.Code.NO_LEADER, message);
      case OVERLOADED -> new RefusedException(RefusedException.Code.OVERLOADED, message);
      case UNKNOWN_WORKFLOW -> new RefusedException(RefusedException.Code.UNKNOWN_WORKFLOW, message);
      case UNKNOWN_TYPE -> new RefusedException(RefusedException.Code.UNKNOWN_TYPE, message);
      case ID_IN_USE -> new RefusedException(RefusedException.Code.ID_IN_USE, message);
      case BAD_REQUEST -> new RefusedException(RefusedException.Code.BAD_REQUEST, message);
      case RUN_ENDED -> new RefusedException(RefusedException.Code.RUN_ENDED, message);
      case UNAVAILABLE -> new RefusedException(RefusedException.Code.UNAVAILABLE, message);
      case LIMIT_EXCEEDED -> new LimitExceededException(message);
      case OUTCOME_UNKNOWN -> new RequestOutcomeUnknownException(message);
    };
  }

  /** The other direction. */
  public static Refusal of(RefusedException.Code code) {
    return switch (code) {
      case NO_LEADER -> NO_LEADER;
      case OVERLOADED -> OVERLOADED;
      case UNKNOWN_WORKFLOW -> UNKNOWN_WORKFLOW;
      case UNKNOWN_TYPE -> UNKNOWN_TYPE;
      case ID_IN_USE -> ID_IN_USE;
      case BAD_REQUEST -> BAD_REQUEST;
      case RUN_ENDED -> RUN_ENDED;
      case UNAVAILABLE -> UNAVAILABLE;
    };
  }
}
