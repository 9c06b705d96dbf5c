package io.raftoral.raft.driver;

/**
 * The driver cannot go on, or cannot start: a write failed, a state machine threw, log and state do not fit together.
 * The message says what happened, to which group, and what to do.
 */
public final class DriverException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Something the driver found itself. */
  public DriverException(String message) {
    super(message);
  }

  /** Something that {@code cause} stopped. */
  public DriverException(String message, Throwable cause) {
    super(message, cause);
  }
}
