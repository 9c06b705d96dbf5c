package io.raftoral.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.raft.driver.LogStore;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for the answer to a write, and sees to it that there is only one. */
public final class Answer implements LogStore.Completion {
  private static final long PATIENCE_SECONDS = 20;
  private final CompletableFuture<Boolean> answer = new CompletableFuture<>();

  @Override
  public void written() {
    assertThat(answer.complete(true)).as("first answer").isTrue();
  }

  @Override
  public void failed(Throwable cause) {
    assertThat(answer.completeExceptionally(cause)).as("first answer").isTrue();
  }

  /** Whether an answer has come. */
  public boolean isDone() {
    return answer.isDone();
  }

  /** Waits for success. */
  public void await() {
    try {
      answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError("write failed", e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("no answer", e);
    }
  }

  /** Waits for failure. */
  public Throwable awaitFailure() {
    try {
      answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      return Objects.requireNonNull(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError("no answer", e);
    }
    throw new AssertionError("write succeeded");
  }
}
