package io.raftoral.workflow.engine;

/**
 * What the replicated state is at one index: equal on every node that has applied exactly this much.
 *
 * @param sha256 in hexadecimal
 */
public record StateDigest(long index, String sha256) {}
