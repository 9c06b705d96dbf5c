package io.raftoral.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ExpectationTest {
  @Test
  void aPlainOrderIsShipped() {
    Expectation expectation = Expectation.of(order(0, false, 0));

    assertThat(expectation.status()).isEqualTo(OrderStatus.SHIPPED);
    assertThat(expectation.calls())
        .isEqualTo(Map.of("reserve-stock", 1, "charge-payment", 1, "ship-parcel", 1));
    assertThat(expectation.calls("release-stock")).isZero();
  }

  @Test
  void aPaymentThatIsDeclinedTwiceIsTriedThreeTimes() {
    Expectation expectation = Expectation.of(order(2, false, 0));

    assertThat(expectation.status()).isEqualTo(OrderStatus.SHIPPED);
    assertThat(expectation.calls("charge-payment")).isEqualTo(3);
  }

  @Test
  void afterThreeDeclinesTheReservationIsReleased() {
    Expectation expectation = Expectation.of(order(3, false, 0));

    assertThat(expectation.status()).isEqualTo(OrderStatus.CANCELLED);
    assertThat(expectation.calls())
        .isEqualTo(Map.of("reserve-stock", 1, "charge-payment", 3, "release-stock", 1));
  }

  @Test
  void aRefusedPaymentIsNotTriedAgain() {
    Expectation expectation = Expectation.of(order(0, true, 0));

    assertThat(expectation.status()).isEqualTo(OrderStatus.CANCELLED);
    assertThat(expectation.calls())
        .isEqualTo(Map.of("reserve-stock", 1, "charge-payment", 1, "release-stock", 1));
  }

  @Test
  void everyDurableStepIsACheckpoint() {
    assertThat(Expectation.of(order(0, false, 0)).checkpoints()).isEqualTo(8);
    assertThat(Expectation.of(order(0, false, 10)).checkpoints()).as("a sleep begins and ends").isEqualTo(10);
    assertThat(Expectation.of(order(2, false, 0)).checkpoints()).as("two attempts, two back-offs").isEqualTo(14);
    assertThat(Expectation.of(order(0, true, 0)).checkpoints()).isEqualTo(7);
  }

  @Test
  void theFileMayExpectSomethingElse() {
    Order order = new Order("A", "B", "C", 1, 1, 0, false, 0, OrderStatus.CANCELLED);

    assertThat(Expectation.of(order).status()).isEqualTo(OrderStatus.CANCELLED);
  }

  private static Order order(int declines, boolean refused, long waitMs) {
    return new Order("A", "B", "C", 1, 1, declines, refused, waitMs, null);
  }
}
