package io.raftoral.raft.driver;

/**
 * What a driver has done since it started.
 *
 * @param entries entries of commands that this node appended as a leader
 * @param commands the commands in them
 * @param writes calls of {@link LogStore#write}
 * @param refusedProposals commands that were refused, for whatever reason
 * @param droppedMessages messages of peers that were dropped, because there was no room or they made no sense
 */
public record DriverStats(long entries, long commands, long writes, long refusedProposals, long droppedMessages) {}
