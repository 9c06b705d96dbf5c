package io.raftoral.raft;

/** What a node is in its present term. */
public enum RoleName {
  FOLLOWER,
  PRE_CANDIDATE,
  CANDIDATE,
  LEADER
}
