package io.raftoral.raft;

/**
 * A rule of Raft was found broken on this node: by a bug, or by a storage that lost what it had acknowledged. The node
 * must stop; going on could spread the damage.
 *
 * <p>Never thrown because a message is malformed: such messages are rejected and counted. A message that is well formed
 * but could not exist unless some member lost what it had acknowledged (a second leader in a term, a commit index beyond
 * what this node acknowledged) is not a bad message but the evidence of such a loss.
 */
public final class RaftInvariantViolation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The message names the node, the term, the index and the rule. */
  public RaftInvariantViolation(String message) {
    super(message);
  }
}
