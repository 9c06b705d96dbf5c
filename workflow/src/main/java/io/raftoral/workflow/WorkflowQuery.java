package io.raftoral.workflow;

import org.jspecify.annotations.Nullable;

/**
 * A question that a workflow type answers; see {@link WorkflowType#withQuery}.
 *
 * @param argumentClass of what is asked; {@code Void.class} for nothing
 */
public record WorkflowQuery<A extends @Nullable Object, R extends @Nullable Object>(
    String name, Class<A> argumentClass, Class<R> resultClass, QueryCode<A, R> code) {
  /** Checks the name. */
  public WorkflowQuery {
    Names.check("query", name);
  }
}
