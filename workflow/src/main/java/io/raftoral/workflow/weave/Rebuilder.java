package io.raftoral.workflow.weave;

import io.raftoral.workflow.SideEffectFailedException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the exception that a side effect threw anew, from what the journal keeps of it: the name of its class and its
 * message. All replicas do this, the active one too, so that all see the same.
 */
final class Rebuilder {
  private final @Nullable ClassLoader loader;

  /** Finds classes by {@code loader}, null for the JDK's own. */
  Rebuilder(@Nullable ClassLoader loader) {
    this.loader = loader;
  }

  /** The exception, with the recorded failure as its cause; the recorded failure itself if it cannot be made. */
  Throwable rebuild(SideEffectFailedException failed) {
    try {
      Class<?> type = Class.forName(failed.failureType(), true, loader);
      if (!Exception.class.isAssignableFrom(type) || Modifier.isAbstract(type.getModifiers())) {
        return failed;
      }
      Throwable made = make(type.asSubclass(Exception.class), failed);
      return made == null ? failed : made;
    } catch (ReflectiveOperationException | LinkageError e) {
      return failed;
    }
  }

  private static @Nullable Throwable make(Class<? extends Exception> type, SideEffectFailedException failed)
      throws ReflectiveOperationException {
    String message = failed.failureMessage();
    Throwable made = make(type, new Class<?>[] {String.class}, message);
    if (made == null) {
      made = make(type, new Class<?>[] {String.class, Throwable.class}, message, failed);
    }
    if (made == null) {
      made = make(type, new Class<?>[0]);
    }
    if (made != null && made.getCause() == null) {
      try {
        made.initCause(failed);
      } catch (IllegalStateException sealed) {
        return made; // Its constructor has decided that it has no cause.
      }
    }
    return made;
  }

  private static @Nullable Throwable make(
      Class<? extends Exception> type, Class<?>[] parameters, @Nullable Object... arguments)
      throws ReflectiveOperationException {
    try {
      Constructor<? extends Exception> constructor = type.getDeclaredConstructor(parameters);
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (NoSuchMethodException | InvocationTargetException | RuntimeException otherwise) {
      return null;
    }
  }
}
