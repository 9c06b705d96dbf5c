package io.raftoral.examples.service;

import io.raftoral.workflow.EffectContext;

/**
 * One execution of a side effect, as the outside world sees it. This is what is written to a ledger, as JSON.
 *
 * @param workflow id of the run
 * @param step the effect's name
 * @param attempt 1 for the first attempt
 * @param idempotencyKey the same whenever this attempt is executed again
 * @param term the fencing token: the term of the activation that executes it
 * @param node the name of the node that executes it
 */
public record EffectCall(String workflow, String step, int attempt, String idempotencyKey, long term, String node) {
  /** The call that a side effect is about to make. */
  public static EffectCall of(EffectContext context) {
    return new EffectCall(
        context.workflowId(),
        context.effect(),
        context.attempt(),
        context.idempotencyKey(),
        context.fencingToken(),
        context.node());
  }
}
