package io.raftoral.workflow;

import org.jspecify.annotations.Nullable;

/** Answers a query from a run's committed state. Changes nothing, and runs on whichever node was asked. */
@FunctionalInterface
public interface QueryCode<A extends @Nullable Object, R extends @Nullable Object> {
  /**
   * The answer.
   *
   * @throws Exception refuses the query, with the exception's text
   */
  R answer(RunState run, A argument) throws Exception;
}
