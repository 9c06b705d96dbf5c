package io.raftoral.raft.message;

/**
 * What a node must remember across a restart besides its log (Raft paper, figure 2, "persistent state").
 *
 * <p>Term and vote are one value, written together: written apart, a crash in between lets a node vote twice in one
 * term (hashicorp/raft#661).
 *
 * @param term the newest term this node has seen; 0 before the first
 * @param vote the candidate this node voted for in {@code term}, {@link Message#NOBODY} if none
 * @param commit the highest index known to be committed; only a hint, since a leader tells it again
 */
public record HardState(long term, long vote, long commit) {
  /** The state of a node that has never run. */
  public static final HardState EMPTY = new HardState(0, Message.NOBODY, 0);
}
