package io.raftoral.simulation.junit;

import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.WorkflowFailedException;
import org.jspecify.annotations.Nullable;

/**
 * A run on a simulated cluster. Not safe for use by several threads.
 *
 * @param <O> its result
 */
public interface SimulatedRun<O extends @Nullable Object> {
  /** The workflow id. */
  String id();

  /** Whether it has ended. Lets no time pass. */
  boolean isDone();

  /**
   * Lets time pass until it has ended, leaping over time in which nothing happens.
   *
   * @throws WorkflowFailedException if the workflow threw an exception
   * @throws AssertionError if it does not end
   */
  O result();

  /** What it looks like now. Lets time pass until a node is active. */
  RunDescription describe();
}
