package io.raftoral.workflow;

import org.jspecify.annotations.Nullable;

/**
 * A workflow: plain, single-threaded, deterministic Java. Every replica runs it, so whatever it reads from the world
 * (time, randomness, services) has to come through the {@link WorkflowContext}.
 *
 * @param <I> the input
 * @param <O> the result
 */
@FunctionalInterface
public interface WorkflowCode<I, O extends @Nullable Object> {
  /**
   * Runs from the beginning to the end, on every replica.
   *
   * @throws Exception fails the run, with the exception's type and message as its outcome
   */
  O run(WorkflowContext context, I input) throws Exception;
}
