package io.raftoral.raft.driver;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QuotaTest {

  @Test
  void refusesWhatExceedsTheCount() {
    Quota quota = new Quota(2, 1000);
    assertThat(quota.tryAcquire(1)).isTrue();
    assertThat(quota.tryAcquire(1)).isTrue();
    assertThat(quota.tryAcquire(1)).isFalse();
    quota.release(1, 1);
    assertThat(quota.tryAcquire(1)).isTrue();
    assertThat(quota.count()).isEqualTo(2);
  }

  @Test
  void refusesWhatExceedsTheBytes() {
    Quota quota = new Quota(100, 1000);
    assertThat(quota.tryAcquire(900)).isTrue();
    assertThat(quota.tryAcquire(101)).isFalse();
    assertThat(quota.tryAcquire(100)).isTrue();
    quota.release(2, 1000);
    assertThat(quota.count()).isZero();
    assertThat(quota.tryAcquire(1000)).isTrue();
  }

  @Test
  void letsTheTooLargeInAlone() {
    Quota quota = new Quota(100, 1000);
    assertThat(quota.tryAcquire(5000)).isTrue();
    assertThat(quota.tryAcquire(1)).isFalse();
    quota.release(1, 5000);
    assertThat(quota.tryAcquire(1)).isTrue();
    assertThat(quota.tryAcquire(5000)).isFalse();
  }
}
