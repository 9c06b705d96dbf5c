package io.raftoral.workflow.weave;

import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.Delivery;
import io.raftoral.workflow.RetryPolicy;
import io.raftoral.workflow.SideEffectFailedException;
import io.raftoral.workflow.WorkflowContext;
import io.raftoral.workflow.annotation.Retry;
import io.raftoral.workflow.annotation.SideEffect;
import io.raftoral.workflow.engine.payload.Json;
import io.raftoral.workflow.engine.payload.Payloads;
import io.raftoral.workflow.engine.run.Current;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@code @SideEffect} method: what its annotation says, and how to run it through the plain API. */
final class EffectSite {
  private static final Payloads PAYLOADS = new Payloads();

  private final String name;
  private final String shown;
  private final Type type;
  private final MethodHandle body;
  private final @Nullable MethodHandle noOp;
  private final boolean noOpTakesOutcome;
  private final boolean hasReceiver;
  private final Delivery delivery;
  private final RetryPolicy retry;
  private final @Nullable Duration timeout;
  private final Rebuilder exceptions;

  /**
   * Reads the annotation.
   *
   * @param lookup of the class that declares the method
   * @throws ConfigurationException if the annotation says what cannot be
   */
  EffectSite(MethodHandles.Lookup lookup, Method method) {
    SideEffect annotation = method.getAnnotation(SideEffect.class);
    Class<?> owner = method.getDeclaringClass();
    shown = "@SideEffect " + Twin.original(owner).getSimpleName() + "." + method.getName();
    hasReceiver = !Modifier.isStatic(method.getModifiers());
    name = annotation.name().isEmpty() ? method.getName() : annotation.name();
    type = method.getGenericReturnType() == void.class ? Void.class : method.getGenericReturnType();
    delivery = annotation.delivery();
    retry = policy(annotation.retry());
    timeout = annotation.timeout().isEmpty() ? null : Durations.parse(shown + ", timeout", annotation.timeout());
    exceptions = new Rebuilder(owner.getClassLoader());
    try {
      MethodType bodyType =
          MethodType.methodType(method.getReturnType(), method.getParameterTypes())
              .appendParameterTypes(EffectMethod.class);
      MethodHandle exact =
          hasReceiver
              ? lookup.findSpecial(owner, method.getName(), bodyType, owner)
              : lookup.findStatic(owner, method.getName(), bodyType);
      int last = exact.type().parameterCount() - 1;
      body = spread(MethodHandles.insertArguments(exact, last, (Object) null));
      Method standIn = annotation.noOp().isEmpty() ? null : standIn(owner, annotation.noOp());
      noOp = standIn == null ? null : spread(lookup.unreflect(standIn));
      noOpTakesOutcome = standIn != null && standIn.getParameterCount() == 1;
    } catch (ReflectiveOperationException e) {
      throw new ConfigurationException(shown + " cannot be called: its class was changed after weaving", e);
    }
  }

  private static MethodHandle spread(MethodHandle handle) {
    return handle.asType(handle.type().generic()).asSpreader(Object[].class, handle.type().parameterCount());
  }

  private Method standIn(Class<?> owner, String wanted) {
    List<Method> found = Arrays.stream(owner.getDeclaredMethods())
        .filter(each -> each.getName().equals(wanted) && each.getParameterCount() <= 1 && !each.isSynthetic())
        .filter(each -> hasReceiver || Modifier.isStatic(each.getModifiers()))
        .toList();
    if (found.size() != 1) {
      throw new ConfigurationException(
          shown + ": noOp = \"" + wanted + "\" names " + (found.isEmpty() ? "no method" : "several methods")
              + " of the class; it has to be one method that takes the outcome or nothing");
    }
    return found.getFirst();
  }

  private RetryPolicy policy(Retry declared) {
    if (declared.attempts() <= 1) {
      if (declared.attempts() < 1) {
        throw new ConfigurationException(shown + ": retry attempts must be at least 1, but are " + declared.attempts());
      }
      return RetryPolicy.NONE;
    }
    Duration backoff = Durations.parse(shown + ", retry backoff", declared.backoff());
    RetryPolicy exponential = RetryPolicy.exponential(declared.attempts(), backoff);
    RetryPolicy bounded =
        declared.maxBackoff().isEmpty()
            ? exponential
            : new RetryPolicy(
                declared.attempts(),
                backoff,
                Durations.parse(shown + ", retry maxBackoff", declared.maxBackoff()),
                List.of(),
                List.of());
    return bounded.notOn(List.of(declared.notOn())).notExecutedOn(List.of(declared.notExecutedOn()));
  }

  /** Runs the effect as a durable operation if a workflow runs on this thread, and as an ordinary method if not. */
  @Nullable Object call(Object[] arguments) throws Throwable {
    if (!Current.CONTEXT.isBound() || Current.EFFECT.isBound()) {
      return run(arguments);
    }
    WorkflowContext context = Current.CONTEXT.get();
    try {
      if (type instanceof Class<?> plain) {
        return durable(context, boxed(plain), arguments);
      }
      return durable(context, Json.class, arguments) instanceof Json json
          ? PAYLOADS.decodeTyped("the outcome of effect " + name, type, json.bytes())
          : null;
    } catch (SideEffectFailedException failed) {
      throw exceptions.rebuild(failed);
    }
  }

  @SuppressWarnings("unchecked") // the outcome's type is the method's
  private @Nullable Object durable(WorkflowContext context, Class<?> outcome, Object[] arguments) {
    io.raftoral.workflow.SideEffect<@Nullable Object> effect =
        context
            .<@Nullable Object>sideEffect(name, (Class<? super Object>) outcome, call -> encoded(outcome, checked(arguments)))
            .withDelivery(delivery)
            .withRetry(retry);
    if (timeout != null) {
      effect = effect.withTimeout(timeout);
    }
    if (noOp != null) {
      effect = effect.withNoOp(value -> standIn(noOp, arguments, value));
    }
    return effect.call();
  }

  private @Nullable Object encoded(Class<?> outcome, @Nullable Object value) {
    return outcome == Json.class && !(value instanceof Json)
        ? new Json(PAYLOADS.encodeTyped("what effect " + name + " returned", type, value))
        : value;
  }

  private @Nullable Object checked(Object[] arguments) throws Exception {
    try {
      return run(arguments);
    } catch (Exception | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(shown + " threw neither an exception nor an error: " + e, e);
    }
  }

  private @Nullable Object run(Object[] arguments) throws Throwable {
    try {
      return body.invoke(arguments);
    } catch (Throwable thrown) {
      throw Traces.cleaned(thrown);
    }
  }

  private void standIn(MethodHandle standIn, Object[] arguments, @Nullable Object outcome) {
    Object value =
        outcome instanceof Json json
            ? PAYLOADS.decodeTyped("the outcome of effect " + name, type, json.bytes())
            : outcome;
    try {
      List<@Nullable Object> passed = new ArrayList<>();
      if (hasReceiver) {
        passed.add(arguments[0]);
      }
      if (noOpTakesOutcome) {
        passed.add(value);
      }
      standIn.invoke(passed.toArray());
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static Class<?> boxed(Class<?> type) {
    return MethodType.methodType(type).wrap().returnType();
  }
}
