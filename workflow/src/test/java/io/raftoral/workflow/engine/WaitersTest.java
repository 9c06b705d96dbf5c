package io.raftoral.workflow.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.workflow.RunStatus;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class WaitersTest {
  private static final RunEnd END = new RunEnd("a", 1, RunStatus.COMPLETED, "1", null, null);

  private final Waiters waiters = new Waiters();

  @Test
  void everybodyWhoWaitsForARunIsToldOfItsEnd() {
    CompletableFuture<RunEnd> one = waiters.end("a");
    CompletableFuture<RunEnd> two = waiters.end("a");
    CompletableFuture<RunEnd> other = waiters.end("b");
    waiters.ended(END);
    assertThat(one).isCompletedWithValue(END);
    assertThat(two).isCompletedWithValue(END);
    assertThat(other).isNotDone();
    assertThat(waiters.awaited()).containsExactly("b");
  }

  @Test
  void whoeverCancelsIsForgottenAndTheOthersAreNot() {
    CompletableFuture<RunEnd> leaving = waiters.end("a");
    CompletableFuture<RunEnd> staying = waiters.end("a");
    leaving.cancel(false);
    assertThat(waiters.awaited()).containsExactly("a");
    waiters.ended(END);
    assertThat(staying).isCompletedWithValue(END);
    CompletableFuture<RunEnd> alone = waiters.end("c");
    alone.cancel(false);
    assertThat(waiters.awaited()).isEmpty();
  }
}
