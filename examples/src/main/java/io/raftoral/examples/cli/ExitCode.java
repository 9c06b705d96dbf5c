package io.raftoral.examples.cli;

/** What the exit codes of all commands mean. Scripts rely on them. */
public final class ExitCode {
  /** Done. */
  public static final int OK = 0;

  /** The command ran, and the answer is bad: a run failed, a node stopped by itself, the demo found a fault. */
  public static final int FAILED = 1;

  /** Wrong usage or input: repeating it will not help. */
  public static final int USAGE = 2;

  /** Refused, and surely not carried out; the message says why. */
  public static final int REFUSED = 3;

  /** No answer in time: it may have been carried out or not. It is safe to repeat. */
  public static final int UNKNOWN = 4;

  private ExitCode() {}
}
