package io.raftoral.raft.quorum;

/** What one voter answered. */
public enum Ballot {
  /** Nothing yet. */
  MISSING,
  /** Yes. */
  GRANTED,
  /** No. */
  REFUSED
}
