package io.raftoral.examples.service;

/** The payment was not accepted this time; another attempt may be. */
public final class PaymentDeclinedException extends Exception {
  private static final long serialVersionUID = 1L;

  PaymentDeclinedException(String message) {
    super(message);
  }
}
