package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.ChildWorkflow;
import io.raftoral.workflow.ParentClosePolicy;
import io.raftoral.workflow.RunStatus;
import io.raftoral.workflow.WorkflowFailedException;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.state.ChildStart;
import io.raftoral.workflow.engine.state.Outcome;
import io.raftoral.workflow.engine.state.Result;
import io.raftoral.workflow.engine.state.RunHead;
import io.raftoral.workflow.engine.state.RunInfo;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Child workflows, as the parent's code sees them. */
final class Children {
  private final RunContext context;

  Children(RunContext context) {
    this.context = context;
  }

  <I, O extends @Nullable Object> ChildWorkflow<O> start(
      WorkflowType<I, O> type, String id, I input, ParentClosePolicy onClose) {
    WorkflowIds.check(id);
    String what = "the input of child " + id;
    byte[] json = context.services().payloads().encodeStable(what, type.inputClass(), input);
    if (context.fitting(what, json) instanceof Result.Failure tooLarge) {
      throw Results.failure(what, tooLarge);
    }
    ChildStart start =
        new ChildStart(id, type.name(), type.version(), json, RunInfo.Origin.NO_DEADLINE, onClose);
    context.performCancellable(new Operation.StartChild(start), () -> new Outcome.ChildStarted(start));
    return new Child<>(id, type.resultClass());
  }

  private final class Child<O extends @Nullable Object> implements ChildWorkflow<O> {
    private final String id;
    private final Class<O> resultClass;

    /** What the child came to, once somebody has asked. */
    private @Nullable Result result;

    Child(String id, Class<O> resultClass) {
      this.id = id;
      this.resultClass = resultClass;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public O result() {
      Result known = result;
      if (known == null) {
        Outcome outcome =
            context.await(new Operation.Wait("result of child " + id, false, Set.of(), id), () -> ended());
        known = ((Outcome.ChildEnded) outcome).result();
        result = known;
      }
      if (known instanceof Result.Failure failure) {
        throw new WorkflowFailedException("child workflow \"" + id + "\"", failure.type(), failure.message());
      }
      return Results.value(context.services().payloads(), "child " + id, resultClass, known);
    }

    private @Nullable Outcome ended() {
      RunInfo child = context.services().reader().info(id);
      if (child == null || child.origin().parent() != context.info().run()) {
        return new Outcome.ChildEnded(
            id,
            new Result.Failure(
                IllegalStateException.class.getName(),
                "it was not started: its id belongs to a run that this one has not started",
                List.of()));
      }
      RunHead head = context.services().reader().head(child);
      return head.status().ended() && head.status() != RunStatus.CONTINUED_AS_NEW
          ? new Outcome.ChildEnded(id, context.services().reader().result(child, head))
          : null;
    }
  }
}
