package io.raftoral.raft;

/**
 * How one core behaves. Times are in ticks, sizes in bytes.
 *
 * @param node this node's id, positive
 * @param electionTicks a follower campaigns after this many ticks without a leader, up to twice as many, at random
 * @param heartbeatTicks a leader makes itself heard every so many ticks
 */
public record RaftConfig(
    long node,
    int electionTicks,
    int heartbeatTicks,
    long appliedIndex,
    long maxSizePerMessageBytes,
    long maxCommittedSizePerReadyBytes,
    long maxUncommittedSizeBytes,
    int maxInFlightMessages,
    long maxInFlightBytes,
    boolean preVote,
    boolean checkQuorum,
    ReadMode readMode,
    boolean forwardProposals,
    boolean stepDownOnRemoval,
    boolean validateConfChanges) {

  /** How reads are confirmed. */
  public enum ReadMode {
    /** By a round of heartbeats that a quorum answers. */
    QUORUM,
    /** By the leader's lease; needs {@code checkQuorum} and clocks that drift less than stated. */
    LEASE
  }
}
