package io.raftoral.workflow.weave;

import io.raftoral.workflow.annotation.SideEffect;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;

/** What the rest of the engine asks about the side effects of woven classes. */
public final class Effects {
  private Effects() {}

  /**
   * Reads the annotations of all side effects of a woven class and its superclasses.
   *
   * @throws io.raftoral.workflow.ConfigurationException if one says what cannot be
   */
  public static void check(Class<?> woven) {
    for (Class<?> each = woven; each != null && each != Object.class; each = each.getSuperclass()) {
      for (Method method : each.getDeclaredMethods()) {
        if (method.isAnnotationPresent(SideEffect.class)) {
          try {
            var _ = new EffectSite(MethodHandles.privateLookupIn(each, MethodHandles.lookup()), method);
          } catch (IllegalAccessException e) {
            throw new IllegalStateException("a woven class lets its weaver in", e);
          }
        }
      }
    }
  }

  /** The same exception, with the names of the application's own classes in its stack trace. */
  public static Throwable cleaned(Throwable thrown) {
    return Traces.cleaned(thrown);
  }
}
