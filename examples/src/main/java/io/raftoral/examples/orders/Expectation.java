package io.raftoral.examples.orders;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What has to become of an order, computed from the order alone: the demo compares what really happened with it.
 *
 * @param status how the order has to end
 * @param calls how many calls of each effect have to count, by the effect's name; an effect that must not be called is
 *     absent
 * @param checkpoints how many checkpoints the workflow makes, its start and its end included
 */
public record Expectation(OrderStatus status, Map<String, Integer> calls, int checkpoints) {
  /** A sleep is two: it begins, and it is over. */
  private static final int SLEEP_CHECKPOINTS = 2;

  /** Copies the map, sorted. */
  public Expectation {
    calls = Collections.unmodifiableMap(new TreeMap<>(calls));
  }

  /** What has to become of {@code order}. */
  public static Expectation of(Order order) {
    int charges = Math.min(order.declines() + 1, OrderFulfilment.MAX_CHARGES);
    boolean paid = !order.refused() && order.declines() < OrderFulfilment.MAX_CHARGES;
    OrderStatus status = paid ? OrderStatus.SHIPPED : OrderStatus.CANCELLED;
    Map<String, Integer> calls = new TreeMap<>();
    calls.put(OrderFulfilment.RESERVE, 1);
    calls.put(OrderFulfilment.CHARGE, charges);
    calls.put(paid ? OrderFulfilment.SHIP : OrderFulfilment.RELEASE, 1);
    OrderStatus expected = order.expected() == null ? status : order.expected();
    return new Expectation(expected, calls, checkpoints(order, charges, paid));
  }

  private static int checkpoints(Order order, int charges, boolean paid) {
    int startAndEnd = 2;
    int reserved = 2; // the effect and the status
    int waited = order.waitMs() > 0 ? SLEEP_CHECKPOINTS : 0;
    int charged = charges + (charges - 1) * SLEEP_CHECKPOINTS;
    int settled = paid ? 3 : 2; // status, effect, status; or effect, status
    return startAndEnd + reserved + waited + charged + settled;
  }

  /** How many calls of {@code effect} have to count. */
  public int calls(String effect) {
    return calls.getOrDefault(effect, 0);
  }
}
