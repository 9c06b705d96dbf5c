package io.raftoral.raft;

/**
 * A rule of Raft was found broken on this node: by a bug, or by a storage that lost what it had acknowledged. The node
 * must stop; going on could spread the damage. Never thrown because of what a peer sent.
 */
public final class RaftInvariantViolation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The message names the node, the term, the index and the rule. */
  public RaftInvariantViolation(String message) {
    super(message);
  }
}
