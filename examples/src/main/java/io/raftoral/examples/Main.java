package io.raftoral.examples;

import io.raftoral.examples.text.Screen;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** What the launcher starts. */
public final class Main {
  private Main() {}

  /** Runs the command that the arguments name, and ends the process with its exit code. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    Screen screen = Screen.of(out, err, System.getProperty("raftoral.columns", ""), System.getenv());
    int exitCode = new RaftoralCli(screen, System.getenv()).run(args);
    out.flush();
    err.flush();
    System.exit(exitCode);
  }
}
