package io.raftoral.examples.orders;

/** A file of orders cannot be used. The message is one line: which file, where in it, and what is wrong. */
public final class OrdersFileException extends Exception {
  private static final long serialVersionUID = 1L;

  OrdersFileException(String message) {
    super(message);
  }
}
