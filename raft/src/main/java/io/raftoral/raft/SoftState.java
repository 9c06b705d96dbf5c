package io.raftoral.raft;

/**
 * What is worth knowing but not worth persisting.
 *
 * @param leader the leader of the present term, {@link io.raftoral.raft.message.Message#NOBODY} if unknown
 */
public record SoftState(long leader, RoleName role) {}
