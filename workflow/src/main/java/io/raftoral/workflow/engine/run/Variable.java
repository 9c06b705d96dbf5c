package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.ReplicatedVar;
import io.raftoral.workflow.engine.state.Outcome;
import io.raftoral.workflow.engine.state.Result;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A replicated variable, as one incarnation sees it. */
final class Variable<T extends @Nullable Object> implements ReplicatedVar<T> {
  private final RunContext context;
  private final Lane owner;
  private final String name;
  private final Class<? super T> type;
  private T value;

  Variable(RunContext context, Lane owner, String name, Class<? super T> type, T initial) {
    this.context = context;
    this.owner = owner;
    this.name = name;
    this.type = type;
    value = initial;
  }

  Class<? super T> type() {
    return type;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public T get() {
    Lane reader = Lane.current();
    if (reader != null && reader != owner && !owner.isOver() && !reader.state().isWithin(owner.state())) {
      throw foreign("read");
    }
    return value;
  }

  @Override
  public void set(T changed) {
    if (context.lane() != owner) {
      throw foreign("assigned");
    }
    String what = "variable " + name;
    byte[] json =
        context.services().payloads().encodeStable(what + " of " + context.info().workflowId(), type, changed);
    Outcome outcome =
        context.perform(
            new Operation.Assign(name, json), () -> new Outcome.Assigned(name, context.fitting(what, json)));
    if (outcome instanceof Outcome.Assigned assigned && assigned.result() instanceof Result.Failure refused) {
      throw Results.failure(what, refused);
    }
    value = changed;
  }

  private IllegalStateException foreign(String what) {
    return new IllegalStateException(
        "variable " + name + " of " + context.info().workflowId() + " belongs to another branch and cannot be " + what
            + " here: which branch comes first depends on chance. Return what a branch has found, and assign it"
            + " where the branches are joined");
  }

  @Override
  public T update(UnaryOperator<T> change) {
    T changed = change.apply(value);
    set(changed);
    return changed;
  }
}
