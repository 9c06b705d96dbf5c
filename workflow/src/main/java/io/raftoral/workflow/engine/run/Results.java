package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.LimitExceededException;
import io.raftoral.workflow.OutcomeUnknownException;
import io.raftoral.workflow.PayloadException;
import io.raftoral.workflow.SideEffectFailedException;
import io.raftoral.workflow.engine.payload.Payloads;
import io.raftoral.workflow.engine.state.Result;
import org.jspecify.annotations.Nullable;

/** Turns recorded results into what workflow code sees, on every replica alike. */
final class Results {
  private Results() {}

  /** Returns the value, or throws what the failure stands for. */
  @SuppressWarnings({"unchecked", "NullAway"}) // the JSON was written by this very type, and is null if T may be
  static <T extends @Nullable Object> T value(
      Payloads payloads, String what, Class<? super T> type, Result result) {
    return switch (result) {
      case Result.Value v -> (T) payloads.decode("the outcome of " + what, type, v.json());
      case Result.Failure f -> throw failure(what, f);
      case Result.Unknown u ->
          throw new OutcomeUnknownException(
              what + " was begun, and nobody can tell how it ended; it may run at most once, so it is not repeated");
    };
  }

  /** The exception that a failure stands for: the engine's own by their type, all others wrapped. */
  static RuntimeException failure(String what, Result.Failure failure) {
    if (failure.type().equals(LimitExceededException.class.getName())) {
      return new LimitExceededException(failure.message());
    }
    if (failure.type().equals(PayloadException.class.getName())) {
      return new PayloadException(failure.message());
    }
    return new SideEffectFailedException(what, failure.type(), failure.message());
  }
}
