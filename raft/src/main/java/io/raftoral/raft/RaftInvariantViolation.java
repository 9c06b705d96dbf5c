package io.raftoral.raft;

/**
 * A rule of Raft was found broken on this node: by a bug, or by a storage that lost what it had acknowledged. The node
 * must stop; going on could spread the damage.
 *
 * <p>Never thrown because a message is malformed or comes from a second leader of a term: such messages are rejected
 * and counted. There is one exception, as in etcd/raft: a leader that tells a node of a commit beyond its log has
 * heard the node acknowledge that much. That is no bad message but the evidence that this node's disk lost it.
 */
public final class RaftInvariantViolation extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Puts the place before the rule. Parts of the core that do not know where they are get this from the core. */
  @FunctionalInterface
  public interface Place {
    /** A violation of {@code rule} at the log's {@code index}. */
    RaftInvariantViolation violated(long index, String rule);
  }

  /** The message names the node, the term, the index and the rule. */
  public RaftInvariantViolation(long node, long term, long index, String rule) {
    super("node " + node + ", term " + term + ", index " + index + ": " + rule);
  }
}
