package io.raftoral.simulation.workflow;

import io.raftoral.workflow.engine.runtime.EngineRuntime;
import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Virtual threads whose scheduler is the event queue: whenever one can go on, the JDK hands its continuation to an
 * executor, and that executor plans an event. The event runs the continuation on the simulator's thread until it parks.
 *
 * <p>The builder that takes an executor is package-private in the JDK, so this needs {@code --add-opens
 * java.base/java.lang=ALL-UNNAMED}. A thread whose process has died is never run again and never unwound, as after a
 * real crash; it is garbage, provided that {@code -Djdk.trackAllThreads=false} keeps the JDK from holding on to it.
 */
final class ScheduledThreads implements StrandThreads {
  private static final @Nullable Constructor<?> BUILDER = builder();

  private final Turns turns;
  private final Thread.Builder.OfVirtual threads;

  ScheduledThreads(Turns turns) {
    this.turns = turns;
    Constructor<?> builder = BUILDER;
    if (builder == null) {
      throw new IllegalStateException(
          "virtual threads on an own scheduler need --add-opens java.base/java.lang=ALL-UNNAMED");
    }
    try {
      threads = (Thread.Builder.OfVirtual) builder.newInstance((Executor) this::resume);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot make a virtual thread builder: " + e, e);
    }
  }

  private static @Nullable Constructor<?> builder() {
    try {
      Constructor<?> found =
          Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder").getDeclaredConstructor(Executor.class);
      found.setAccessible(true);
      return found;
    } catch (ReflectiveOperationException | InaccessibleObjectException unavailable) {
      // Another JDK, or one that was not asked to open itself: the other implementation does.
      return null;
    }
  }

  static boolean available() {
    return BUILDER != null;
  }

  private void resume(Runnable continuation) {
    turns.soon(continuation);
  }

  @Override
  public EngineRuntime.Strand spawn(String name, Runnable body) {
    return new OnThread(threads.name(name).start(body));
  }

  @Override
  public EngineRuntime.Strand current() {
    return new OnThread(Thread.currentThread());
  }

  @Override
  public void park() {
    LockSupport.park(this);
  }

  private record OnThread(Thread thread) implements EngineRuntime.Strand {
    @Override
    public void wake() {
      LockSupport.unpark(thread);
    }

    @Override
    public void interrupt() {
      thread.interrupt();
    }

    @Override
    public StackTraceElement[] stackTrace() {
      return thread.getStackTrace();
    }
  }
}
