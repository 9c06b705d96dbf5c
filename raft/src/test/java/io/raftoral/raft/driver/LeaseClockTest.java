package io.raftoral.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.raftoral.raft.RawNode;
import org.junit.jupiter.api.Test;

class LeaseClockTest {
  private static final long TICK = 10;
  private final LeaseClock clock = new LeaseClock(TICK, 1000);

  @Test
  void countsFromTheMomentAtWhichTheTickWasGiven() {
    clock.prepare(10);
    clock.tick(1010);
    clock.tick(1027);
    clock.tick(1030);
    assertThat(clock.now()).isEqualTo(3);
    assertThat(clock.leaseUntilNanos(2, 7)).isEqualTo(1027 + 7 * TICK);
    assertThat(clock.leaseUntilNanos(0, 7)).as("before the first tick").isEqualTo(1000 + 7 * TICK);
  }

  @Test
  void isNotFooledByTicksThatCameLate() {
    clock.prepare(10);
    clock.tick(1010);
    clock.tick(9000);
    assertThat(clock.leaseUntilNanos(1, 7)).isEqualTo(1010 + 7 * TICK).isLessThan(9000);
  }

  @Test
  void knowsNoLeaseThatIsNoneOrLongOver() {
    clock.prepare(10);
    for (int tick = 1; tick <= 30; tick++) {
      clock.tick(1000 + tick * TICK);
    }
    assertThat(clock.leaseUntilNanos(RawNode.NO_LEASE, 7)).isEqualTo(Long.MIN_VALUE);
    assertThat(clock.leaseUntilNanos(22, 7)).isEqualTo(Long.MIN_VALUE);
    assertThat(clock.leaseUntilNanos(23, 7)).isEqualTo(1000 + 23 * TICK + 7 * TICK);
  }
}
