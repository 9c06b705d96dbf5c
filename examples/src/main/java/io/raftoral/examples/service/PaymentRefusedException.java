package io.raftoral.examples.service;

/** The payment will never be accepted. */
public final class PaymentRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  PaymentRefusedException(String message) {
    super(message);
  }
}
