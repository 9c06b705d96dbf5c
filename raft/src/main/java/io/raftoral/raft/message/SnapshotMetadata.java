package io.raftoral.raft.message;

import io.raftoral.raft.membership.ConfState;

/**
 * Which prefix of the log a snapshot stands for (Raft paper, section 7).
 *
 * @param index the last entry that the snapshot covers; 0 for "no snapshot"
 * @param term the term of that entry
 * @param confState the configuration in force at that entry
 */
public record SnapshotMetadata(long index, long term, ConfState confState) {
  /** Stands for the empty log of a cluster that has no members yet. */
  public static final SnapshotMetadata EMPTY = new SnapshotMetadata(0, 0, ConfState.EMPTY);
}
