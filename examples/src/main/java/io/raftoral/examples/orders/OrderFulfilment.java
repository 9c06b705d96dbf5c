package io.raftoral.examples.orders;

import io.raftoral.examples.service.PaymentDeclinedException;
import io.raftoral.examples.service.PaymentRefusedException;
import io.raftoral.examples.service.Shop;
import io.raftoral.workflow.ReplicatedVar;
import io.raftoral.workflow.RetryPolicy;
import io.raftoral.workflow.SideEffect;
import io.raftoral.workflow.SideEffectFailedException;
import io.raftoral.workflow.WorkflowContext;
import io.raftoral.workflow.WorkflowType;
import java.time.Duration;
import java.util.List;

/**
 * Fulfils an order: reserves the goods, waits if the order says so, charges the customer, and ships. A declined payment
 * is tried again; if it fails for good, the reservation is released and the order cancelled. Wherever a node dies, the
 * next one goes on from the last checkpoint.
 */
public final class OrderFulfilment {
  /** The name under which the workflow is registered. */
  public static final String TYPE = "order-fulfilment";

  /** How often a payment is tried. */
  public static final int MAX_CHARGES = 3;

  /** The effect that takes goods from the stock. */
  public static final String RESERVE = "reserve-stock";

  /** The effect that takes money. */
  public static final String CHARGE = "charge-payment";

  /** The effect that undoes {@link #RESERVE}. */
  public static final String RELEASE = "release-stock";

  /** The effect that sends the parcel. */
  public static final String SHIP = "ship-parcel";

  /** All effects, in the order in which they can happen. */
  public static final List<String> EFFECTS = List.of(RESERVE, CHARGE, RELEASE, SHIP);

  private static final RetryPolicy CHARGE_RETRY =
      RetryPolicy.exponential(MAX_CHARGES, Duration.ofMillis(50)).notOn(List.of(PaymentRefusedException.class));

  private final Shop shop;

  private OrderFulfilment(Shop shop) {
    this.shop = shop;
  }

  /** The workflow, with the services that it calls. */
  public static WorkflowType<Order, OrderReceipt> type(Shop shop) {
    return WorkflowType.of(TYPE, 1, Order.class, OrderReceipt.class, new OrderFulfilment(shop)::run);
  }

  private OrderReceipt run(WorkflowContext workflow, Order order) {
    ReplicatedVar<OrderStatus> status = workflow.replicated("status", OrderStatus.class, OrderStatus.NEW);

    workflow.sideEffect(RESERVE, String.class, call -> shop.reserveStock(call, order)).call();
    status.set(OrderStatus.RESERVED);

    if (order.waitMs() > 0) {
      workflow.sleep(order.waitTime());
    }

    SideEffect<String> charge =
        workflow.sideEffect(CHARGE, String.class, call -> shop.chargePayment(call, order)).withRetry(CHARGE_RETRY);
    String payment;
    try {
      payment = charge.call();
    } catch (SideEffectFailedException e) {
      if (!e.is(PaymentRefusedException.class) && !e.is(PaymentDeclinedException.class)) {
        throw e;
      }
      workflow.sideEffect(RELEASE, String.class, call -> shop.releaseStock(call, order)).call();
      status.set(OrderStatus.CANCELLED);
      return new OrderReceipt(order.id(), OrderStatus.CANCELLED, null, null, e.failureMessage());
    }
    status.set(OrderStatus.PAID);

    String parcel = workflow.sideEffect(SHIP, String.class, call -> shop.shipParcel(call, order)).call();
    status.set(OrderStatus.SHIPPED);
    return new OrderReceipt(order.id(), OrderStatus.SHIPPED, payment, parcel, "");
  }
}
