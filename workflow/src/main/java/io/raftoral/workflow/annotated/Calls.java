package io.raftoral.workflow.annotated;

import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.RaftoralClient;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.WorkflowHandle;
import io.raftoral.workflow.WorkflowRun;
import java.io.Serializable;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What clients do with workflow classes, on top of the plain client. */
public final class Calls {
  private Calls() {}

  /** Starts a run of a class; checks the arguments first. */
  public static <W> WorkflowRun<W> start(RaftoralClient client, Class<W> type, String id, @Nullable Object... input) {
    WorkflowClass workflow = WorkflowClass.of(type);
    return new Run<>(workflow, begin(client, workflow, id, input));
  }

  /** Starts a run by a reference to its entry method. */
  public static <R extends @Nullable Object> WorkflowHandle<R> start(
      RaftoralClient client, Serializable entry, String id, @Nullable Object... input) {
    WorkflowClass workflow = workflow(entry);
    return new Typed<>(workflow, begin(client, workflow, id, input));
  }

  /** A handle on a run of a class that was started before. */
  public static <W> WorkflowRun<W> find(RaftoralClient client, Class<W> type, String id) {
    WorkflowClass workflow = WorkflowClass.of(type);
    return new Run<>(workflow, client.handle(id, workflow.resultClass()));
  }

  @SuppressWarnings("NullAway") // a workflow without parameters has no input
  private static WorkflowHandle<?> begin(
      RaftoralClient client, WorkflowClass workflow, String id, @Nullable Object... input) {
    Object encoded = workflow.arguments().encode("the input of workflow \"" + id + "\"", input);
    return client.start(
        workflow.plain(
            (context, ignored) -> {
              throw new IllegalStateException("a client runs no workflows");
            }),
        id,
        encoded);
  }

  /** The class whose entry method a method reference means. */
  private static WorkflowClass workflow(Serializable reference) {
    try {
      Method replace = reference.getClass().getDeclaredMethod("writeReplace");
      replace.setAccessible(true);
      SerializedLambda lambda = (SerializedLambda) replace.invoke(reference);
      Class<?> type =
          Class.forName(
              lambda.getInstantiatedMethodType().substring(2, lambda.getInstantiatedMethodType().indexOf(';')).replace('/', '.'),
              false,
              reference.getClass().getClassLoader());
      WorkflowClass workflow = WorkflowClass.of(type);
      if (!workflow.entry().getName().equals(lambda.getImplMethodName())) {
        throw new ConfigurationException(
            type.getSimpleName() + " is started by its entry method, " + type.getSimpleName() + "::"
                + workflow.entry().getName() + ", and not by "
                + (lambda.getImplMethodName().startsWith("lambda$") ? "a lambda" : lambda.getImplMethodName()));
      }
      return workflow;
    } catch (ReflectiveOperationException e) {
      throw new ConfigurationException("start a workflow by a method reference such as Checkout::run", e);
    }
  }

  /** A run whose result the compiler knows. */
  private record Typed<R extends @Nullable Object>(WorkflowClass workflow, WorkflowHandle<?> plain)
      implements WorkflowHandle<R> {
    @Override
    public void signal(String signal, @Nullable Object value) {
      plain.signal(signal, value);
    }

    @Override
    public void signal(String signal, String requestId, @Nullable Object value) {
      plain.signal(signal, requestId, value);
    }

    @Override
    public <U extends @Nullable Object> U update(String update, Class<U> resultClass, @Nullable Object value) {
      return plain.update(update, resultClass, value);
    }

    @Override
    public <U extends @Nullable Object> U update(
        String update, String requestId, Class<U> resultClass, @Nullable Object value) {
      return plain.update(update, requestId, resultClass, value);
    }

    @Override
    public <U extends @Nullable Object> U query(String query, Class<U> resultClass) {
      return plain.query(query, resultClass);
    }

    @Override
    public <U extends @Nullable Object> U query(String query, Class<U> resultClass, @Nullable Object argument) {
      return plain.query(query, resultClass, argument);
    }

    @Override
    public void cancel(String reason) {
      plain.cancel(reason);
    }

    @Override
    public void terminate(String reason) {
      plain.terminate(reason);
    }

    @Override
    public String id() {
      return plain.id();
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // the reference's type says what the entry method returns
    public R result() {
      return (R) workflow.result("the result of workflow \"" + id() + "\"", plain.result());
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // likewise
    public R result(Duration timeout) {
      return (R) workflow.result("the result of workflow \"" + id() + "\"", plain.result(timeout));
    }

    @Override
    public RunDescription describe() {
      return plain.describe();
    }
  }

  /** A run whose result the caller knows. */
  private record Run<W>(WorkflowClass workflow, WorkflowHandle<?> plain) implements WorkflowRun<W> {
    @Override
    public String id() {
      return plain.id();
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway", "TypeParameterUnusedInFormals"}) // checked where it is assigned, as the interface says
    public <R extends @Nullable Object> R result() {
      return (R) workflow.result("the result of workflow \"" + id() + "\"", plain.result());
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway", "TypeParameterUnusedInFormals"}) // likewise
    public <R extends @Nullable Object> R result(Duration timeout) {
      return (R) workflow.result("the result of workflow \"" + id() + "\"", plain.result(timeout));
    }

    @Override
    public RunDescription describe() {
      return plain.describe();
    }
  }
}
