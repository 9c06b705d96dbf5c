package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.RunProblem;
import java.util.List;

/** Says where a replica did something else than what was recorded. */
final class Divergence {
  private static final String ENGINE = Divergence.class.getPackageName() + ".";

  private Divergence() {}

  /** The line of workflow code from which the engine was called. */
  static String line() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames
                    .filter(frame -> !frame.getClassName().startsWith(ENGINE))
                    .findFirst()
                    .map(frame -> frame.toStackTraceElement().toString())
                    .orElse("an unknown line"));
  }

  static RunProblem problem(long position, String expected, String actual, String line) {
    String message =
        "the replica diverged at position " + position + ": recorded is \"" + expected
        + "\", but its code asks for \"" + actual + "\" at " + line + "; workflow code has to do the same on every node";
    return new RunProblem(RunProblem.Kind.DIVERGED, message, position, expected, actual, line, List.of());
  }
}
