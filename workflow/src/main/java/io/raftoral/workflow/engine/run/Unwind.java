package io.raftoral.workflow.engine.run;

/**
 * Takes a thread out of workflow code which has lost the right to run. An {@link Error}, so that ordinary handlers let
 * it pass; code that swallows it gains nothing, because every later operation throws it again and whatever the code
 * returns is ignored.
 */
final class Unwind extends Error {
  private static final long serialVersionUID = 1L;

  Unwind(String reason) {
    super("this replica of the workflow stops here: " + reason, null, false, false);
  }
}
