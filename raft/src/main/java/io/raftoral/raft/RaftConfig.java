package io.raftoral.raft;

/**
 * How one core behaves. Times are in ticks, sizes in bytes. Start from {@link #defaults(long)} and change what differs.
 *
 * <p>All members of a group should agree on {@code electionTicks}, {@code checkQuorum} and {@code leaderLease}: a lease
 * is as long as the least patient follower lets it be.
 *
 * @param node this node's id, positive
 * @param electionTicks a follower campaigns after this many ticks without a leader, up to twice as many, at random;
 *     greater than {@code heartbeatTicks}
 * @param heartbeatTicks a leader makes itself heard every so many ticks; positive
 * @param appliedIndex the last entry that the state machine durably contains; 0 for an empty state machine, or for one
 *     that starts where the log starts
 * @param maxSizePerMessageBytes how much one append carries at most; a single larger entry still travels alone
 * @param maxCommittedSizePerReadyBytes how much may be handed out and not yet acknowledged as applied
 * @param maxUncommittedSizeBytes how much a leader holds that is not applied yet, before it refuses proposals; a single
 *     larger proposal is still accepted when there is nothing else
 * @param maxInFlightMessages how many appends to one follower may be unanswered; positive
 * @param maxInFlightBytes how many bytes of entries to one follower may be unanswered; 0 for no limit
 * @param preVote whether to ask before raising the term (Raft thesis, section 9.6)
 * @param checkQuorum whether a leader steps down when a quorum is silent for {@code electionTicks}, and followers
 *     refuse votes while they hear from a leader (Raft thesis, sections 6.2 and 6.4)
 * @param leaderLease whether {@link RawNode#leaseTicks()} is relied upon. Needs {@code checkQuorum}. Two things
 *     change, because what a node confirmed must bind it: one that restarts refuses votes for {@code electionTicks},
 *     since it may have confirmed a lease just before it went down; and one that hears from its leader ignores {@code
 *     campaign} and {@code forgetLeader}
 * @param readMode how linearizable reads are confirmed
 * @param forwardProposals whether a follower passes proposals on to its leader instead of refusing them
 * @param stepDownOnRemoval whether a leader that is removed or demoted stops leading when it applies the change
 * @param validateConfChanges whether a leader refuses membership changes that are impossible or come too early.
 *     Switch it off only if whoever proposes them checks
 * @param asyncStorage whether further Readys may be taken before one is written and applied. If so,
 *     {@link Ready#committedEntries()} are durable on this node when they are handed out. If not, every Ready has to be
 *     worked off, in its order, and passed to {@link RawNode#advance(Ready)} before the next one is taken, and its
 *     committed entries may be among those that it asks to write: one round less for a simple embedder
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
    boolean leaderLease,
    ReadMode readMode,
    boolean forwardProposals,
    boolean stepDownOnRemoval,
    boolean validateConfChanges,
    boolean asyncStorage) {

  /** How reads are confirmed. */
  public enum ReadMode {
    /** By a round of heartbeats that a quorum answers. */
    QUORUM,
    /**
     * By the leader's lease while it has one, else as {@link #QUORUM}; needs {@code checkQuorum} and clocks that drift
     * less than {@link RawNode#MAX_CLOCK_DRIFT_PERCENT}. Implies {@code leaderLease}.
     */
    LEASE
  }

  /** Whether a lease is relied upon, by the embedder or for reads. */
  public boolean usesLease() {
    return leaderLease || readMode == ReadMode.LEASE;
  }

  /** Checks the ranges stated above. */
  public RaftConfig {
    require(node > 0, "node must be positive, is " + node);
    require(heartbeatTicks > 0, "heartbeatTicks must be positive, is " + heartbeatTicks);
    require(
        electionTicks > heartbeatTicks,
        "electionTicks must be greater than heartbeatTicks, are " + electionTicks + " and " + heartbeatTicks);
    require(appliedIndex >= 0, "appliedIndex must not be negative, is " + appliedIndex);
    require(maxSizePerMessageBytes >= 0, "maxSizePerMessageBytes must not be negative");
    require(maxCommittedSizePerReadyBytes > 0, "maxCommittedSizePerReadyBytes must be positive");
    require(maxUncommittedSizeBytes > 0, "maxUncommittedSizeBytes must be positive");
    require(maxInFlightMessages > 0, "maxInFlightMessages must be positive, is " + maxInFlightMessages);
    require(maxInFlightBytes >= 0, "maxInFlightBytes must not be negative");
    require(checkQuorum || readMode != ReadMode.LEASE, "ReadMode.LEASE needs checkQuorum");
    require(checkQuorum || !leaderLease, "leaderLease needs checkQuorum");
  }

  /**
   * What suits most: an election after 10 to 20 ticks, a heartbeat every tick, appends of up to 1 MiB of which 256 or
   * 16 MiB may be unanswered, 64 MiB uncommitted, pre-vote and check-quorum, reads confirmed by a quorum, no lease,
   * forwarding, stepping down on removal, asynchronous storage.
   */
  public static RaftConfig defaults(long node) {
    return new RaftConfig(
        node, 10, 1, 0, 1 << 20, 16 << 20, 64 << 20, 256, 16 << 20, true, true, false, ReadMode.QUORUM, true, true,
        true, true);
  }

  /** The same for another node. */
  public RaftConfig withNode(long id) {
    return new RaftConfig(
        id, electionTicks, heartbeatTicks, appliedIndex, maxSizePerMessageBytes, maxCommittedSizePerReadyBytes,
        maxUncommittedSizeBytes, maxInFlightMessages, maxInFlightBytes, preVote, checkQuorum, leaderLease, readMode,
        forwardProposals, stepDownOnRemoval, validateConfChanges, asyncStorage);
  }

  /** With other times. */
  public RaftConfig withTicks(int election, int heartbeat) {
    return new RaftConfig(
        node, election, heartbeat, appliedIndex, maxSizePerMessageBytes, maxCommittedSizePerReadyBytes,
        maxUncommittedSizeBytes, maxInFlightMessages, maxInFlightBytes, preVote, checkQuorum, leaderLease, readMode,
        forwardProposals, stepDownOnRemoval, validateConfChanges, asyncStorage);
  }

  /** With a state machine that contains everything up to {@code index}. */
  public RaftConfig withAppliedIndex(long index) {
    return new RaftConfig(
        node, electionTicks, heartbeatTicks, index, maxSizePerMessageBytes, maxCommittedSizePerReadyBytes,
        maxUncommittedSizeBytes, maxInFlightMessages, maxInFlightBytes, preVote, checkQuorum, leaderLease, readMode,
        forwardProposals, stepDownOnRemoval, validateConfChanges, asyncStorage);
  }

  /** With another {@code maxSizePerMessageBytes}. */
  public RaftConfig withMaxSizePerMessageBytes(long bytes) {
    return new RaftConfig(
        node, electionTicks, heartbeatTicks, appliedIndex, bytes, maxCommittedSizePerReadyBytes,
        maxUncommittedSizeBytes, maxInFlightMessages, maxInFlightBytes, preVote, checkQuorum, leaderLease, readMode,
        forwardProposals, stepDownOnRemoval, validateConfChanges, asyncStorage);
  }

  /** With another {@code maxCommittedSizePerReadyBytes}. */
  public RaftConfig withMaxCommittedSizePerReadyBytes(long bytes) {
    return new RaftConfig(
        node, electionTicks, heartbeatTicks, appliedIndex, maxSizePerMessageBytes, bytes, maxUncommittedSizeBytes,
        maxInFlightMessages, maxInFlightBytes, preVote, checkQuorum, leaderLease, readMode, forwardProposals,
        stepDownOnRemoval, validateConfChanges, asyncStorage);
  }

  /** With another {@code maxUncommittedSizeBytes}. */
  public RaftConfig withMaxUncommittedSizeBytes(long bytes) {
    return new RaftConfig(
        node, electionTicks, heartbeatTicks, appliedIndex, maxSizePerMessageBytes, maxCommittedSizePerReadyBytes,
        bytes, maxInFlightMessages, maxInFlightBytes, preVote, checkQuorum, leaderLease, readMode, forwardProposals,
        stepDownOnRemoval, validateConfChanges, asyncStorage);
  }

  /** With other limits on unanswered appends. */
  public RaftConfig withMaxInFlight(int messages, long bytes) {
    return new RaftConfig(
        node, electionTicks, heartbeatTicks, appliedIndex, maxSizePerMessageBytes, maxCommittedSizePerReadyBytes,
        maxUncommittedSizeBytes, messages, bytes, preVote, checkQuorum, leaderLease, readMode, forwardProposals,
        stepDownOnRemoval, validateConfChanges, asyncStorage);
  }

  /** With {@code preVote} on or off. */
  public RaftConfig withPreVote(boolean on) {
    return new RaftConfig(
        node, electionTicks, heartbeatTicks, appliedIndex, maxSizePerMessageBytes, maxCommittedSizePerReadyBytes,
        maxUncommittedSizeBytes, maxInFlightMessages, maxInFlightBytes, on, checkQuorum, leaderLease, readMode,
        forwardProposals, stepDownOnRemoval, validateConfChanges, asyncStorage);
  }

  /** With {@code checkQuorum} on or off. */
  public RaftConfig withCheckQuorum(boolean on) {
    return new RaftConfig(
        node, electionTicks, heartbeatTicks, appliedIndex, maxSizePerMessageBytes, maxCommittedSizePerReadyBytes,
        maxUncommittedSizeBytes, maxInFlightMessages, maxInFlightBytes, preVote, on, leaderLease, readMode,
        forwardProposals, stepDownOnRemoval, validateConfChanges, asyncStorage);
  }

  /** With {@code leaderLease} on or off. */
  public RaftConfig withLeaderLease(boolean on) {
    return new RaftConfig(
        node, electionTicks, heartbeatTicks, appliedIndex, maxSizePerMessageBytes, maxCommittedSizePerReadyBytes,
        maxUncommittedSizeBytes, maxInFlightMessages, maxInFlightBytes, preVote, checkQuorum, on, readMode,
        forwardProposals, stepDownOnRemoval, validateConfChanges, asyncStorage);
  }

  /** With {@code forwardProposals} on or off. */
  public RaftConfig withForwardProposals(boolean on) {
    return new RaftConfig(
        node, electionTicks, heartbeatTicks, appliedIndex, maxSizePerMessageBytes, maxCommittedSizePerReadyBytes,
        maxUncommittedSizeBytes, maxInFlightMessages, maxInFlightBytes, preVote, checkQuorum, leaderLease, readMode,
        on, stepDownOnRemoval, validateConfChanges, asyncStorage);
  }

  /** With {@code stepDownOnRemoval} on or off. */
  public RaftConfig withStepDownOnRemoval(boolean on) {
    return new RaftConfig(
        node, electionTicks, heartbeatTicks, appliedIndex, maxSizePerMessageBytes, maxCommittedSizePerReadyBytes,
        maxUncommittedSizeBytes, maxInFlightMessages, maxInFlightBytes, preVote, checkQuorum, leaderLease, readMode,
        forwardProposals, on, validateConfChanges, asyncStorage);
  }

  /** With {@code validateConfChanges} on or off. */
  public RaftConfig withValidateConfChanges(boolean on) {
    return new RaftConfig(
        node, electionTicks, heartbeatTicks, appliedIndex, maxSizePerMessageBytes, maxCommittedSizePerReadyBytes,
        maxUncommittedSizeBytes, maxInFlightMessages, maxInFlightBytes, preVote, checkQuorum, leaderLease, readMode,
        forwardProposals, stepDownOnRemoval, on, asyncStorage);
  }

  /** With another way to confirm reads. */
  public RaftConfig withReadMode(ReadMode mode) {
    return new RaftConfig(
        node, electionTicks, heartbeatTicks, appliedIndex, maxSizePerMessageBytes, maxCommittedSizePerReadyBytes,
        maxUncommittedSizeBytes, maxInFlightMessages, maxInFlightBytes, preVote, checkQuorum, leaderLease, mode,
        forwardProposals, stepDownOnRemoval, validateConfChanges, asyncStorage);
  }

  /** With {@code asyncStorage} on or off. */
  public RaftConfig withAsyncStorage(boolean on) {
    return new RaftConfig(
        node, electionTicks, heartbeatTicks, appliedIndex, maxSizePerMessageBytes, maxCommittedSizePerReadyBytes,
        maxUncommittedSizeBytes, maxInFlightMessages, maxInFlightBytes, preVote, checkQuorum, leaderLease, readMode,
        forwardProposals, stepDownOnRemoval, validateConfChanges, on);
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
