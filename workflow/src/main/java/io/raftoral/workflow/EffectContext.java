package io.raftoral.workflow;

/**
 * What a side effect may tell the outside world about itself.
 *
 * @param workflowId the run's id
 * @param effect the effect's name
 * @param attempt 1 for the first attempt
 * @param idempotencyKey the same for every execution of this attempt, wherever it runs; different for every other
 *     attempt, effect and run
 * @param fencingToken the term of the activation that runs it: a target that remembers the highest one it has seen can
 *     refuse a request from a node which was deposed
 * @param node the name of the node that runs it
 */
public record EffectContext(
    String workflowId, String effect, int attempt, String idempotencyKey, long fencingToken, String node) {}
