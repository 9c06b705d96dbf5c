package io.raftoral.examples.service;

import io.raftoral.examples.orders.Order;
import io.raftoral.workflow.EffectContext;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/**
 * Fake stock, payment and shipping services. Each call is written to the ledger, takes a little time, and is answered by
 * a rule that depends on the request alone: a request that is repeated with the same idempotency key gets the same
 * answer, on whichever node, as it would from a real service that remembers its keys.
 */
public final class Shop {
  private final Ledger ledger;
  private final Duration latency;

  /**
   * A shop.
   *
   * @param latency how long each call takes
   */
  public Shop(Ledger ledger, Duration latency) {
    this.ledger = ledger;
    this.latency = latency;
  }

  /** Takes goods from the stock, and returns the reservation's number. */
  public String reserveStock(EffectContext call, Order order) throws IOException, InterruptedException {
    perform(call);
    return reference("R", call) + " " + order.quantity() + " × " + order.item();
  }

  /**
   * Takes money, and returns the payment's number.
   *
   * @throws PaymentDeclinedException in as many attempts as the order says
   * @throws PaymentRefusedException afterwards, if the order says so
   */
  public String chargePayment(EffectContext call, Order order)
      throws IOException, InterruptedException, PaymentDeclinedException, PaymentRefusedException {
    perform(call);
    if (call.attempt() <= order.declines()) {
      throw new PaymentDeclinedException("payment declined, attempt " + call.attempt());
    }
    if (order.refused()) {
      throw new PaymentRefusedException("payment refused");
    }
    return reference("P", call);
  }

  /** Puts goods back, and returns the number of the release. */
  public String releaseStock(EffectContext call, Order order) throws IOException, InterruptedException {
    perform(call);
    return reference("B", call) + " " + order.quantity() + " × " + order.item();
  }

  /** Sends the parcel, and returns its number. */
  public String shipParcel(EffectContext call, Order order) throws IOException, InterruptedException {
    perform(call);
    return reference("T", call) + " to " + order.customer();
  }

  private void perform(EffectContext call) throws IOException, InterruptedException {
    ledger.record(EffectCall.of(call));
    Thread.sleep(latency);
  }

  private static String reference(String prefix, EffectContext call) {
    return String.format(Locale.ROOT, "%s-%08x", prefix, call.idempotencyKey().hashCode());
  }
}
