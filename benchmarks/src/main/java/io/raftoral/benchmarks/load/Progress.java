package io.raftoral.benchmarks.load;

import java.io.PrintWriter;

/** A line that says what is being done; overwritten on a terminal, printed once elsewhere. */
public final class Progress {
  private static final int WIDTH = 100;

  private final PrintWriter out;
  private final boolean terminal;

  /** Speaks to {@code out}, which is standard error or a test's buffer. */
  public Progress(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Shows what is being done now. */
  public void now(String what) {
    if (terminal) {
      out.print("\r" + what + " ".repeat(Math.max(0, WIDTH - what.length())));
    } else {
      out.println("  … " + what);
    }
    out.flush();
  }

  /** Removes the line, before a result is printed. */
  public void clear() {
    if (terminal) {
      out.print("\r" + " ".repeat(WIDTH) + "\r");
      out.flush();
    }
  }
}
