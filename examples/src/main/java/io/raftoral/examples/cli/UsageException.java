package io.raftoral.examples.cli;

/** The user has to change something: the message says what, in one line. Ends the command with exit code 2. */
public final class UsageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Says what is wrong. */
  public UsageException(String message) {
    super(message);
  }
}
