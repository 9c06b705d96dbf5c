/**
 * The order-fulfilment workflow of a small shop: what an order is, how a file of orders is read, what the workflow does,
 * and what has to come out of it.
 */
@NullMarked
package io.raftoral.examples.orders;

import org.jspecify.annotations.NullMarked;
