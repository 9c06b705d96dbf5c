package io.raftoral.examples.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class OrderTest {
  @Test
  void survivesARoundTripThroughJson() {
    Order order = new Order("山-1", "Žofie", "Teapot", 2, 5, 2, true, 7, OrderStatus.CANCELLED);

    String json = JsonMapper.shared().writeValueAsString(order);

    assertThat(JsonMapper.shared().readValue(json, Order.class)).isEqualTo(order);
  }

  @Test
  void jsonMayLeaveOutWhatHasADefault() {
    String json = "{\"id\": \"A\", \"customer\": \"B\", \"item\": \"C\", \"amountCents\": 1}";

    assertThat(JsonMapper.shared().readValue(json, Order.class))
        .isEqualTo(new Order("A", "B", "C", 1, 1, 0, false, 0, null));
  }

  @Test
  void textsAreNeitherEmptyNorEndless() {
    assertThatThrownBy(() -> new Order("", "B", "C", 1, 1, 0, false, 0, null)).hasMessage("id must not be empty");
    assertThatThrownBy(() -> new Order("é".repeat(101), "B", "C", 1, 1, 0, false, 0, null))
        .hasMessage("id must have at most 200 bytes of UTF-8, but has 202");
  }

  @Test
  void theStoryIsToldInAWordOrTwo() {
    assertThat(new Order("A", "B", "C", 1, 1, 0, false, 0, null).story()).isEqualTo("plain");
    assertThat(new Order("A", "B", "C", 1, 1, 0, false, 5, null).story()).isEqualTo("waits");
    assertThat(new Order("A", "B", "C", 1, 1, 2, false, 5, null).story()).isEqualTo("waits, declined 2×");
    assertThat(new Order("A", "B", "C", 1, 1, 0, true, 0, null).story()).isEqualTo("refused");
  }
}
