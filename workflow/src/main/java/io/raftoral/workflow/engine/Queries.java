package io.raftoral.workflow.engine;

import io.raftoral.workflow.RaftoralException;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.RunState;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.WorkflowQuery;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.payload.Payloads;
import io.raftoral.workflow.engine.run.WorkflowTypes;
import io.raftoral.workflow.engine.state.RunInfo;
import io.raftoral.workflow.engine.state.StateReader;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers queries from committed state: on any node, of runs that sleep or have ended too, without their threads. How
 * new the state is that they see is the caller's business. Any thread.
 */
final class Queries {
  private final StateReader reader;
  private final WorkflowTypes types;
  private final Payloads payloads;

  Queries(StateReader reader, WorkflowTypes types, Payloads payloads) {
    this.reader = reader;
    this.types = types;
    this.payloads = payloads;
  }

  /** The answer as JSON; null if no run has this id. */
  byte @Nullable [] answer(String id, String name, byte[] argumentJson) {
    RunInfo info = reader.info(id);
    if (info == null) {
      return null;
    }
    Map<String, byte[]> variables = reader.variables(info);
    WorkflowType<?, ?> type = types.find(info.type(), info.version());
    WorkflowQuery<?, ?> query = type == null ? null : type.queries().get(name);
    if (query != null) {
      return answer(info, query, argumentJson, variables);
    }
    byte[] variable = variables.get(name);
    if (variable != null) {
      return variable;
    }
    throw new RefusedException(
        RefusedException.Code.BAD_REQUEST,
        "workflow type " + info.type() + " version " + info.version() + " has no query \"" + name
            + "\", and workflow \"" + id + "\" has assigned no variable of that name");
  }

  @SuppressWarnings("NullAway") // an argument is null only if A may be
  private <A extends @Nullable Object, R extends @Nullable Object> byte[] answer(
      RunInfo info, WorkflowQuery<A, R> query, byte[] argumentJson, Map<String, byte[]> variables) {
    String what = "query " + query.name() + " of " + info.workflowId();
    try {
      @SuppressWarnings("unchecked") // the class says so
      A argument = (A) payloads.decode("the argument of " + what, query.argumentClass(), argumentJson);
      R answer = query.code().answer(new Committed(info, variables), argument);
      return payloads.encode("the answer to " + what, query.resultClass(), answer);
    } catch (RaftoralException known) {
      throw known;
    } catch (Exception failed) {
      throw new RefusedException(RefusedException.Code.BAD_REQUEST, what + " failed: " + failed);
    }
  }

  /** A run as it is committed. */
  private final class Committed implements RunState {
    private final RunInfo info;
    private final Map<String, byte[]> variables;

    Committed(RunInfo info, Map<String, byte[]> variables) {
      this.info = info;
      this.variables = variables;
    }

    @Override
    public String workflowId() {
      return info.workflowId();
    }

    @Override
    public RunStatus status() {
      return reader.head(info).status();
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // the class says so; null only if the input may be
    public <I extends @Nullable Object> I input(Class<? super I> type) {
      return (I) payloads.decode("the input of " + info.workflowId(), type, info.input());
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // likewise
    public <T extends @Nullable Object> T variable(String name, Class<? super T> type, T initial) {
      byte[] json = variables.get(name);
      return json == null ? initial : (T) payloads.decode("variable " + name + " of " + info.workflowId(), type, json);
    }
  }
}
