package io.raftoral.raft.driver;

import io.raftoral.raft.message.Message;

/**
 * This node's place in a term.
 *
 * @param term the present term
 * @param leader who leads it, {@link Message#NOBODY} if nobody is known to
 * @param leads whether that is this node
 */
public record RoleChange(long term, long leader, boolean leads) {}
