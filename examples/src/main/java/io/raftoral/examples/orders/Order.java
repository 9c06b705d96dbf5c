package io.raftoral.examples.orders;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What somebody bought, and how the fake payment service will treat it.
 *
 * @param id unique in a file of orders; 1 to {@value #MAX_TEXT_BYTES} bytes of UTF-8
 * @param customer any text, 1 to {@value #MAX_TEXT_BYTES} bytes of UTF-8
 * @param item likewise
 * @param quantity 1 to {@value #MAX_QUANTITY}
 * @param amountCents what is to be charged, 1 to {@value #MAX_AMOUNT_CENTS}
 * @param declines how often the payment is declined before it is accepted, 0 to {@value #MAX_DECLINES}
 * @param refused whether the payment is refused for good in the end
 * @param waitMs how long the order waits, durably, before it is charged, 0 to {@value #MAX_WAIT_MS}
 * @param expected the outcome that the file's author expects, null for the one that follows from the rest
 */
public record Order(
    String id,
    String customer,
    String item,
    int quantity,
    long amountCents,
    int declines,
    boolean refused,
    long waitMs,
    @Nullable OrderStatus expected) {
  static final int MAX_TEXT_BYTES = 200;
  static final int MAX_QUANTITY = 1_000_000;
  static final long MAX_AMOUNT_CENTS = 1_000_000_000_000L;
  static final int MAX_DECLINES = 10;
  static final long MAX_WAIT_MS = 3_600_000;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException naming the field that is out of its range
   */
  public Order {
    text("id", id);
    text("customer", customer);
    text("item", item);
    range("quantity", quantity, 1, MAX_QUANTITY);
    range("amountCents", amountCents, 1, MAX_AMOUNT_CENTS);
    range("declines", declines, 0, MAX_DECLINES);
    range("waitMs", waitMs, 0, MAX_WAIT_MS);
  }

  /** Fields that may be left out of the JSON have a meaning when they are. */
  @JsonCreator
  static Order ofJson(
      @JsonProperty("id") String id,
      @JsonProperty("customer") String customer,
      @JsonProperty("item") String item,
      @JsonProperty("quantity") @Nullable Integer quantity,
      @JsonProperty("amountCents") long amountCents,
      @JsonProperty("declines") @Nullable Integer declines,
      @JsonProperty("refused") @Nullable Boolean refused,
      @JsonProperty("waitMs") @Nullable Long waitMs,
      @JsonProperty("expected") @Nullable OrderStatus expected) {
    return new Order(
        id,
        customer,
        item,
        quantity == null ? 1 : quantity,
        amountCents,
        declines == null ? 0 : declines,
        refused != null && refused,
        waitMs == null ? 0 : waitMs,
        expected);
  }

  /** How long the order waits before it is charged. */
  public Duration waitTime() {
    return Duration.ofMillis(waitMs);
  }

  /** The path this order takes, in a word or two. */
  public String story() {
    List<String> parts = new ArrayList<>();
    if (waitMs > 0) {
      parts.add("waits");
    }
    if (declines > 0) {
      parts.add("declined " + declines + "×");
    }
    if (refused) {
      parts.add("refused");
    }
    return parts.isEmpty() ? "plain" : String.join(", ", parts);
  }

  // A payload read from JSON may hold null where the type says there is none.
  @SuppressWarnings("ConstantValue")
  private static void text(String field, @Nullable String value) {
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException(field + " must not be " + (value == null ? "missing" : "empty"));
    }
    int bytes = value.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_TEXT_BYTES) {
      throw new IllegalArgumentException(
          field + " must have at most " + MAX_TEXT_BYTES + " bytes of UTF-8, but has " + bytes);
    }
  }

  private static void range(String field, long value, long from, long to) {
    if (value < from || value > to) {
      throw new IllegalArgumentException(field + " must be " + from + " to " + to + ", but is " + value);
    }
  }
}
