package io.raftoral.transport;

import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import org.junit.jupiter.api.Test;

/** The watch itself: a watch that finds nothing proves something only if it can find. */
class LeakWatchTest {

  @Test
  void aBufferThatNobodyGivesBackIsFound() {
    ByteBufAllocator.DEFAULT.buffer(16).writeByte(1);
    await()
        .until(
            () -> {
              LeakWatch.lookForLeaks();
              return LeakWatch.forgetLeaks();
            });
  }
}
