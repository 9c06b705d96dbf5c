package io.raftoral.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class InboxTest {

  @Test
  void givesOutInputsInTheOrderTheyCame() {
    Inbox inbox = new Inbox(() -> {});
    List<Input> inputs = List.of(new Input.Unreachable(1), new Input.Unreachable(2), new Input.Unreachable(3));
    inputs.forEach(inbox::post);
    assertThat(List.of(next(inbox), next(inbox), next(inbox))).isEqualTo(inputs);
    assertThat(inbox.poll()).isNull();
    assertThat(inbox.hasMore()).isFalse();
  }

  @Test
  void wakesTheHostOnceForABurstAndAgainAfterTheLoopRested() {
    int[] wakes = {0};
    Inbox inbox = new Inbox(() -> wakes[0]++);
    for (int i = 0; i < 100; i++) {
      inbox.post(new Input.HandOver());
    }
    assertThat(wakes[0]).isEqualTo(1);
    while (inbox.poll() != null) {
      inbox.post(new Input.Unreachable(1));
      inbox.poll();
    }
    assertThat(wakes[0]).as("wakes while the loop is busy").isEqualTo(1);
    inbox.rest();
    inbox.post(new Input.HandOver());
    assertThat(wakes[0]).isEqualTo(2);
  }

  @Test
  void wakesAgainIfTheLoopRestsWithInputsLeft() {
    int[] wakes = {0};
    Inbox inbox = new Inbox(() -> wakes[0]++);
    inbox.post(new Input.HandOver());
    inbox.rest();
    assertThat(wakes[0]).isEqualTo(2);
  }

  @Test
  void takesNothingOnceShutButKeepsWhatItHas() {
    Inbox inbox = new Inbox(() -> {});
    Input before = new Input.HandOver();
    assertThat(inbox.post(before)).isTrue();
    inbox.shut();
    assertThat(inbox.post(new Input.HandOver())).isFalse();
    assertThat(next(inbox)).isSameAs(before);
    assertThat(inbox.poll()).isNull();
    assertThat(inbox.hasMore()).isFalse();
  }

  @Test
  @Timeout(30)
  void losesNothingThatManyThreadsPost() throws InterruptedException {
    int threads = 4;
    int each = 20_000;
    Semaphore awake = new Semaphore(0);
    Inbox inbox = new Inbox(awake::release);
    List<Thread> posters = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      long thread = t;
      posters.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 0; i < each; i++) {
                      inbox.post(new Input.Unreachable(thread * each + i));
                    }
                  }));
    }
    Map<Long, Long> lastOfThread = new HashMap<>();
    int taken = 0;
    while (taken < threads * each) {
      awake.acquire();
      for (Input input = inbox.poll(); input != null; input = inbox.poll()) {
        long value = ((Input.Unreachable) input).node;
        Long before = lastOfThread.put(value / each, value);
        assertThat(before == null ? value % each : value - before).isEqualTo(before == null ? 0 : 1);
        taken++;
      }
      inbox.rest();
    }
    for (Thread poster : posters) {
      poster.join();
    }
    assertThat(inbox.poll()).isNull();
  }

  private static Input next(Inbox inbox) {
    return Objects.requireNonNull(inbox.poll());
  }
}
