package io.raftoral.workflow.engine.run;

/**
 * Takes a thread out of workflow code that wants to go on as a new run. An {@link Error}, so that ordinary handlers let
 * it pass.
 */
final class ContinueAsNew extends Error {
  private static final long serialVersionUID = 1L;

  /** The new run's, as JSON. */
  private final transient byte[] input;

  ContinueAsNew(byte[] input) {
    super("the workflow continues as a new run", null, false, false);
    this.input = input;
  }

  byte[] input() {
    return input;
  }
}
