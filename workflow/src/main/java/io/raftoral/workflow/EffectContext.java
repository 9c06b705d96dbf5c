package io.raftoral.workflow;

/**
 * What a side effect may tell the outside world about itself.
 *
 * @param workflowId the run's id
 * @param effect the effect's name
 * @param attempt 1 for the first attempt
 * @param idempotencyKey the same for every execution of this attempt, wherever it runs; different for every other
 *     attempt, effect and run
 * @param operationKey the same for every attempt of this effect as well: what most targets want to deduplicate by. A target
 *     that remembers failures under it would refuse later attempts; that one is given {@code idempotencyKey}
 * @param fencingToken the term of the activation that runs it: a target that remembers the highest one it has seen can
 *     refuse a request from a node which was deposed
 * @param node the name of the node that runs it
 */
public record EffectContext(
    String workflowId, String effect, int attempt, String idempotencyKey, String operationKey, long fencingToken, String node) {}
