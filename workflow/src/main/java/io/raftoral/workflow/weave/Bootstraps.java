package io.raftoral.workflow.weave;

import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** What the {@code invokedynamic} instructions of woven classes are linked to. Not for use by applications. */
public final class Bootstraps {
  private static final MethodHandle ASSIGN = find(AssignSite.class, "assign", void.class, Object.class, Object.class);
  private static final MethodHandle CALL = find(EffectSite.class, "call", Object.class, Object[].class);

  private Bootstraps() {}

  /**
   * An assignment of a replicated field.
   *
   * @param type (object, value)void
   */
  public static CallSite assign(MethodHandles.Lookup caller, String field, MethodType type, String variable)
      throws ReflectiveOperationException {
    Class<?> owner = type.parameterType(0);
    Class<?> fieldType = type.parameterType(1);
    AssignSite site =
        new AssignSite(
            variable,
            type.wrap().parameterType(1),
            caller.findGetter(owner, field, fieldType).asType(MethodType.genericMethodType(1)),
            caller
                .findSetter(owner, field, fieldType)
                .asType(MethodType.methodType(void.class, Object.class, Object.class)));
    return new ConstantCallSite(ASSIGN.bindTo(site).asType(type));
  }

  /** A call of a side effect. */
  public static CallSite effect(MethodHandles.Lookup caller, String name, MethodType type)
      throws ReflectiveOperationException {
    for (Method method : caller.lookupClass().getDeclaredMethods()) {
      if (method.getName().equals(name)
          && method.isAnnotationPresent(io.raftoral.workflow.annotation.SideEffect.class)
          && (type.equals(MethodType.methodType(method.getReturnType(), method.getParameterTypes()))
              || type.equals(
                  MethodType.methodType(method.getReturnType(), method.getParameterTypes())
                      .insertParameterTypes(0, caller.lookupClass())))) {
        EffectSite site = new EffectSite(caller, method);
        return new ConstantCallSite(
            CALL.bindTo(site).asCollector(Object[].class, type.parameterCount()).asType(type));
      }
    }
    throw new NoSuchMethodException("@SideEffect " + caller.lookupClass().getName() + "." + name + type);
  }

  /**
   * Access to a private member of a class that a woven class shares its source file with.
   *
   * @param kind what to do with the member, by the name of an {@link Access}
   * @param owner the class that declares it
   * @param descriptor of the member itself
   */
  public static CallSite access(
      MethodHandles.Lookup caller, String member, MethodType type, String kind, String owner, String descriptor)
      throws ReflectiveOperationException {
    ClassLoader loader = caller.lookupClass().getClassLoader();
    Class<?> declaring = Class.forName(owner, false, loader);
    MethodHandles.Lookup inside = MethodHandles.privateLookupIn(declaring, MethodHandles.lookup());
    MethodHandle handle = Access.valueOf(kind).find(inside, declaring, member, descriptor, loader);
    return new ConstantCallSite(handle.asType(type));
  }

  /** An assignment in the code. */
  record AssignSite(String variable, Class<?> type, MethodHandle getter, MethodHandle setter) {
    void assign(Object object, @Nullable Object value) throws Throwable {
      Journaled run = ((Woven) object).raftoral$run();
      if (run != null) {
        run.assign(variable, type, getter.invokeExact(object), value);
      }
      setter.invokeExact(object, value);
    }
  }

  private static MethodHandle find(Class<?> in, String name, Class<?> returned, Class<?>... parameters) {
    try {
      return MethodHandles.lookup().findVirtual(in, name, MethodType.methodType(returned, parameters));
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
