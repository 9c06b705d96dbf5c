package io.raftoral.raft.quorum;

/** How an election stands. */
public enum VoteResult {
  /** Neither won nor lost: the missing ballots decide. */
  PENDING,
  /** Won whatever the missing ballots say. */
  WON,
  /** Lost whatever the missing ballots say. */
  LOST
}
