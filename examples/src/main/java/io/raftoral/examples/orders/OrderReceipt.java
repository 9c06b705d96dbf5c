package io.raftoral.examples.orders;

import org.jspecify.annotations.Nullable;

/**
 * How an order ended.
 *
 * @param status {@link OrderStatus#SHIPPED} or {@link OrderStatus#CANCELLED}
 * @param payment the payment service's reference, null if it was not paid
 * @param parcel the parcel's number, null if it was not shipped
 * @param note why it was cancelled, empty if it was not
 */
public record OrderReceipt(
    String orderId, OrderStatus status, @Nullable String payment, @Nullable String parcel, String note) {}
