package io.raftoral.examples.demo;

import io.raftoral.examples.orders.OrderReceipt;

/** What became of an order's workflow. */
sealed interface OrderEnd {
  /** It ended with a receipt. */
  record Receipt(OrderReceipt receipt) implements OrderEnd {}

  /** It failed, did not end in time, or could not even be started. */
  record Trouble(String what) implements OrderEnd {}
}
