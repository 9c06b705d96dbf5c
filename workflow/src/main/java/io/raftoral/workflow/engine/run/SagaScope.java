package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.Saga;
import java.util.ArrayDeque;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Remembers how to undo what was done. It needs no record of its own: the code that registers a compensation runs again
 * wherever the run is rebuilt, and the compensations are operations like any other.
 */
final class SagaScope implements Saga {
  private final ArrayDeque<Runnable> compensations = new ArrayDeque<>();

  static <T extends @Nullable Object> T run(Function<Saga, T> steps) {
    SagaScope saga = new SagaScope();
    try {
      return steps.apply(saga);
    } catch (Unwind | ContinueAsNew engine) {
      throw engine;
    } catch (Throwable failed) {
      saga.compensate(failed);
      throw failed;
    }
  }

  @Override
  public void compensateWith(Runnable compensation) {
    compensations.push(compensation);
  }

  private void compensate(Throwable why) {
    while (!compensations.isEmpty()) {
      try {
        compensations.pop().run();
      } catch (Unwind | ContinueAsNew engine) {
        throw engine;
      } catch (Throwable failed) {
        // The others are still to be undone, and the first failure is the one to be reported.
        why.addSuppressed(failed);
      }
    }
  }
}
