package io.raftoral.workflow.annotated;

import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.WorkflowContext;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.run.Current;
import io.raftoral.workflow.lint.LintPolicy;
import io.raftoral.workflow.weave.Effects;
import io.raftoral.workflow.weave.Journaled;
import io.raftoral.workflow.weave.Twin;
import io.raftoral.workflow.weave.Woven;
import io.raftoral.workflow.weave.WovenClass;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes a workflow type of an annotated class. */
public final class Registration {
  private final WorkflowClass workflow;
  private final Constructor<?> constructor;
  private final Method entry;
  private final Object[] dependencies;

  private Registration(WorkflowClass workflow, Class<?> woven, Object[] dependencies) {
    this.workflow = workflow;
    this.dependencies = dependencies.clone();
    constructor = constructor(workflow.type(), woven, dependencies);
    constructor.setAccessible(true);
    entry = sameMethod(woven, workflow.entry());
    entry.setAccessible(true);
  }

  /**
   * The workflow type of a class.
   *
   * @param weave whether a class that was not woven at build time is woven now
   * @param lint what is done about code that is not deterministic
   * @param dependencies what its constructor takes; every run's object is given the same
   * @throws ConfigurationException if it cannot be one, with everything that has to be changed
   */
  public static WorkflowType<?, ?> of(Class<?> type, boolean weave, LintPolicy lint, Object... dependencies) {
    WorkflowClass workflow = WorkflowClass.of(type);
    RegistrationLint.check(type, lint);
    if (!weave && !type.isAnnotationPresent(WovenClass.class)) {
      throw new ConfigurationException(
          "workflow class " + type.getName() + " was not woven at build time, and weaving at registration is switched"
              + " off: run io.raftoral.workflow.weave.WeaveMain on its directory of classes after compiling"
              + " (docs/annotations.md), or remove weaveAtRegistration(false)");
    }
    Class<?> woven = Twin.of(type);
    Effects.check(woven);
    return workflow.plain(new Registration(workflow, woven, dependencies)::run);
  }

  @SuppressWarnings("NullAway") // a workflow without a result returns null, as the plain API's Void does
  private Object run(WorkflowContext context, @Nullable Object input) throws Exception {
    String of = " of workflow \"" + context.workflowId() + "\"";
    @Nullable Object[] arguments = workflow.arguments().decode("the input" + of, input);
    Object object = call(() -> constructor.newInstance(dependencies));
    ((Woven) object).raftoral$run(Run.INSTANCE);
    return workflow.stored("the result" + of, call(() -> entry.invoke(object, arguments)));
  }

  /** Reflection's own wrapping is no part of what went wrong. */
  private static <T extends @Nullable Object> T call(Reflective<T> call) throws Exception {
    try {
      return call.call();
    } catch (InvocationTargetException e) {
      switch (Effects.cleaned(e.getCause() == null ? e : e.getCause())) {
        case Exception exception -> throw exception;
        case Error error -> throw error;
        default -> throw e;
      }
    }
  }

  /** A call by reflection. */
  @FunctionalInterface
  private interface Reflective<T extends @Nullable Object> {
    T call() throws ReflectiveOperationException;
  }

  /** Assignments go to the context of whatever thread makes them. */
  private enum Run implements Journaled {
    INSTANCE;

    @Override
    @SuppressWarnings("unchecked") // the value was assigned to a field of this type
    public void assign(String variable, Class<?> type, @Nullable Object present, @Nullable Object assigned) {
      if (!Current.CONTEXT.isBound()) {
        throw new IllegalStateException(
            "replicated field " + variable + " was assigned on " + Thread.currentThread().getName()
                + "; workflow code has to stay on its own thread");
      }
      Current.CONTEXT
          .get()
          .<@Nullable Object>replicated(variable, (Class<? super @Nullable Object>) type, present)
          .set(assigned);
    }
  }

  private static Constructor<?> constructor(Class<?> type, Class<?> woven, Object[] dependencies) {
    List<Constructor<?>> fitting =
        Arrays.stream(woven.getDeclaredConstructors())
            .filter(each -> !each.isSynthetic() && fits(each.getParameterTypes(), dependencies))
            .<Constructor<?>>map(each -> each)
            .toList();
    if (fitting.size() == 1) {
      return fitting.getFirst();
    }
    String given =
        Arrays.stream(dependencies).map(each -> each.getClass().getSimpleName()).collect(Collectors.joining(", "));
    String there =
        Arrays.stream(type.getDeclaredConstructors())
            .map(
                each ->
                    type.getSimpleName()
                        + Arrays.stream(each.getParameterTypes())
                            .map(Class::getSimpleName)
                            .collect(Collectors.joining(", ", "(", ")")))
            .collect(Collectors.joining(" and "));
    throw new ConfigurationException(
        "workflow class " + type.getName() + (fitting.isEmpty() ? " has no constructor" : " has several constructors")
            + " for (" + given + "): it has " + there
            + "; name what its constructor takes when you register it: register(" + type.getSimpleName()
            + ".class, …)");
  }

  private static boolean fits(Class<?>[] parameters, Object[] given) {
    boolean fits = parameters.length == given.length;
    for (int i = 0; fits && i < given.length; i++) {
      fits = Arguments.boxed(parameters[i]).isInstance(given[i]);
    }
    return fits;
  }

  /** The method of the woven class that {@code original} has become. */
  static Method sameMethod(Class<?> woven, Method original) {
    for (Class<?> each = woven; each != null; each = each.getSuperclass()) {
      for (Method method : each.getDeclaredMethods()) {
        if (method.getName().equals(original.getName())
            && Arrays.equals(originals(method.getParameterTypes()), original.getParameterTypes())
            && Twin.original(method.getReturnType()) == original.getReturnType()) {
          return method;
        }
      }
    }
    throw new ConfigurationException("woven class " + woven.getName() + " lacks " + original);
  }

  private static Class<?>[] originals(Class<?>[] types) {
    return Arrays.stream(types).map(Twin::original).toArray(Class<?>[]::new);
  }
}
