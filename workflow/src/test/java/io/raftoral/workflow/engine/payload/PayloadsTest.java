package io.raftoral.workflow.engine.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.workflow.PayloadException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PayloadsTest {
  private final Payloads payloads = new Payloads();

  sealed interface Payment {
    record Card(String number, int cents) implements Payment {}

    record Voucher(String code) implements Payment {}

    sealed interface Foreign extends Payment {
      record Wire(BigDecimal amount) implements Foreign {}
    }
  }

  enum Size {
    SMALL,
    LARGE {
      @Override
      public String toString() {
        return "very large";
      }
    }
  }

  record Order(
      String id,
      Payment payment,
      List<Payment> refunds,
      Map<String, Payment> byName,
      Optional<String> note,
      Instant placed,
      Duration patience,
      Size size,
      @Nullable String gift) {}

  private static Order order() {
    return new Order(
        "größe-☕",
        new Payment.Card("4711", 100),
        List.of(new Payment.Voucher("x"), new Payment.Foreign.Wire(new BigDecimal("1.10"))),
        Map.of("a", new Payment.Voucher("y")),
        Optional.of("hello"),
        Instant.parse("2026-11-24T10:00:00.123456789Z"),
        Duration.ofSeconds(90, 5),
        Size.LARGE,
        null);
  }

  static Stream<Object> values() {
    return Stream.of(
        order(),
        new Payment.Card("1", 2),
        "text",
        42,
        Long.MAX_VALUE,
        1.5,
        true,
        Size.LARGE,
        Instant.EPOCH,
        new BigDecimal("1.50"),
        List.of("a", "b"),
        new int[] {1, 2});
  }

  @ParameterizedTest
  @MethodSource("values")
  void valuesSurviveARoundTrip(Object value) {
    Class<?> type = value instanceof List<?> ? List.class : value instanceof Size ? Size.class : value.getClass();
    byte[] json = payloads.encodeStable("value", type, value);

    assertThat(payloads.decode("value", type, json)).isEqualTo(value);
  }

  @Test
  void aSealedTypeIsWrittenWithTheNameOfItsClass() {
    byte[] json = payloads.encode("payment", Payment.class, new Payment.Foreign.Wire(BigDecimal.ONE));

    assertThat(Payloads.text(json)).isEqualTo("{\"@type\":\"Wire\",\"amount\":1}");
    assertThat(payloads.decode("payment", Payment.class, json)).isEqualTo(new Payment.Foreign.Wire(BigDecimal.ONE));
  }

  @Test
  void nullAndVoidAreNull() {
    assertThat(Payloads.text(payloads.encode("nothing", Void.class, null))).isEqualTo("null");
    assertThat(payloads.decode("nothing", Void.class, "null".getBytes(StandardCharsets.UTF_8))).isNull();
    assertThat(payloads.decode("text", String.class, payloads.encode("text", String.class, null))).isNull();
  }

  record Bag(Set<String> set, Map<String, Integer> map) {}

  @Test
  void theOrderOfSetsAndMapsDoesNotShow() {
    Map<String, Integer> map = new LinkedHashMap<>();
    Map<String, Integer> other = new LinkedHashMap<>();
    map.put("a", 1);
    map.put("b", 2);
    other.put("b", 2);
    other.put("a", 1);

    byte[] one = payloads.encodeStable("bag", Bag.class, new Bag(new LinkedHashSet<>(List.of("x", "y")), map));
    byte[] two = payloads.encodeStable("bag", Bag.class, new Bag(new LinkedHashSet<>(List.of("y", "x")), other));
    assertThat(one).isEqualTo(two);
    assertThat(Payloads.text(one)).isEqualTo("{\"map\":{\"a\":1,\"b\":2},\"set\":[\"x\",\"y\"]}");
  }

  record Point(int x, int y) {}

  record Cloud(Set<Point> points) {}

  @Test
  void aSetWithoutAnOrderCannotBeComparedAcrossReplicasAndSaysSo() {
    Cloud cloud = new Cloud(new LinkedHashSet<>(List.of(new Point(1, 2), new Point(0, 1))));

    assertThat(payloads.decode("cloud", Cloud.class, payloads.encode("cloud", Cloud.class, cloud))).isEqualTo(cloud);
    assertThatThrownBy(() -> payloads.encodeStable("variable cloud", Cloud.class, cloud))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("variable cloud cannot be written as JSON")
        .hasMessageContaining("points");
  }

  @Test
  void errorsNameTheTypeAndTheField() {
    byte[] wrong = "{\"id\":\"1\",\"payment\":{\"@type\":\"Cash\"}}".getBytes(StandardCharsets.UTF_8);

    assertThatThrownBy(() -> payloads.decode("the input", Order.class, wrong))
        .isInstanceOf(PayloadException.class)
        .hasMessageContaining("the input cannot be read from its JSON")
        .hasMessageContaining(Order.class.getName())
        .hasMessageContaining("field payment");
    assertThatThrownBy(
            () -> payloads.decode("the input", Integer.class, "1 2".getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(PayloadException.class);
  }
}
