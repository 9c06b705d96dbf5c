package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.LimitExceededException;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.Standby;
import io.raftoral.workflow.WorkflowCancelledException;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.payload.Payloads;
import io.raftoral.workflow.engine.state.Outcome;
import io.raftoral.workflow.engine.state.Result;
import io.raftoral.workflow.engine.state.RunInfo;
import org.jspecify.annotations.Nullable;

/** The code that a run needs, or what is missing. */
sealed interface RunCode {

  /** What to say if this node cannot run it, null if it can. */
  @Nullable String missing();

  /** Whether it runs where this node is not active. */
  Standby standby();

  /** Runs it from the beginning to the end; whatever it throws is its result. */
  Outcome.Ended run(RunContext context);

  /** Code that is registered here. */
  record Registered<I, O extends @Nullable Object>(
      WorkflowType<I, O> type, RunInfo info, Payloads payloads, int maxPayloadBytes) implements RunCode {
    @Override
    public @Nullable String missing() {
      return null;
    }

    @Override
    public Standby standby() {
      return type.standby();
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // decode returns what the class says, or null for a type without input
    public Outcome.Ended run(RunContext context) {
      try {
        String input = "the input of " + info.workflowId();
        I decoded = (I) payloads.decode(input, type.inputClass(), info.input());
        O result = ScopedValue.where(Current.CONTEXT, context).call(() -> type.code().run(context, decoded));
        byte[] json = payloads.encode("the result of " + info.workflowId(), type.resultClass(), result);
        if (json.length > maxPayloadBytes) {
          throw new LimitExceededException(
              "the result of " + info.workflowId() + " has " + json.length + " bytes, more than the "
                  + maxPayloadBytes + " that a payload may have");
        }
        return Outcome.Ended.of(new Result.Value(json));
      } catch (Unwind discarded) {
        throw discarded;
      } catch (ContinueAsNew next) {
        return new Outcome.Ended(RunStatus.CONTINUED_AS_NEW, new Result.Value(next.input()));
      } catch (WorkflowCancelledException cancelled) {
        RunStatus status = context.wasCancelled() ? RunStatus.CANCELLED : RunStatus.FAILED;
        return new Outcome.Ended(status, Result.Failure.of(cancelled));
      } catch (Throwable thrown) {
        // Errors and stack overflows too: a workflow that misbehaves fails, and nothing else does.
        return Outcome.Ended.of(Result.Failure.of(thrown));
      }
    }
  }

  /** Code that is not registered here. */
  record Missing(RunInfo info, String node) implements RunCode {
    @Override
    public String missing() {
      return "workflow type " + info.type() + " version " + info.version() + " is not registered on node " + node
          + "; restart the node with a release that has it";
    }

    @Override
    public Standby standby() {
      return Standby.HOT;
    }

    @Override
    public Outcome.Ended run(RunContext context) {
      throw new IllegalStateException(missing());
    }
  }
}
