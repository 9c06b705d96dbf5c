package io.raftoral.workflow.node;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What this package does with futures, in one place. */
final class Futures {
  private Futures() {}

  /** Calls one of the two when the future ends, on the thread that ends it; neither may throw. */
  static <T extends @Nullable Object> void whenDone(CompletableFuture<T> future, Consumer<T> succeeded, Consumer<Throwable> failed) {
    var _ =
        future.whenComplete(
            (value, failure) -> {
              if (failure == null) {
                succeeded.accept(value);
              } else {
                failed.accept(unwrap(failure));
              }
            });
  }

  /** Runs {@code task} when the future ends in whatever way; it may not throw. */
  static void whenEnded(CompletableFuture<?> future, Runnable task) {
    var _ = future.whenComplete((value, failure) -> task.run());
  }

  /** The failure itself, without what futures wrap it in. */
  static Throwable unwrap(Throwable failure) {
    Throwable cause = failure.getCause();
    return cause != null && (failure instanceof CompletionException || failure instanceof ExecutionException)
        ? unwrap(cause)
        : failure;
  }
}
