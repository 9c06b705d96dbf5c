package io.raftoral.raft;

/** What became of a proposal at the moment it was made. Accepted does not mean committed. */
public sealed interface ProposalResult {

  /**
   * The leader appended it to its own log.
   *
   * @param term the leader's term; if another entry of another term is applied at these indexes, the proposal is lost
   */
  record Appended(long term, long firstIndex, long lastIndex) implements ProposalResult {}

  /** It was passed on to the leader; nothing will be heard of it unless it is applied. */
  record Forwarded(long leader) implements ProposalResult {}

  /** Nothing was done; the caller may try again, here or at {@code leader}. */
  record Refused(Reason reason, long leader) implements ProposalResult {}

  /** Why a proposal was refused. */
  enum Reason {
    /** No leader is known. */
    NO_LEADER,
    /** This node is not the leader and forwarding is switched off. */
    NOT_LEADER,
    /** The leader is handing over leadership. */
    TRANSFERRING,
    /** Too many uncommitted bytes. */
    OVERLOADED,
    /** This node is not a member. */
    NOT_A_MEMBER,
    /**
     * A membership change that may not be made now: another one is not applied yet, or a joint configuration has to be
     * left first. So that indexes stay predictable, a blank entry was appended in its place, as in etcd/raft.
     */
    CHANGE_PENDING,
    /** A membership change that leads to no valid configuration, such as one that removes every voter. */
    INVALID_CHANGE,
    /** This node is being stopped, or has failed. */
    STOPPED
  }
}
