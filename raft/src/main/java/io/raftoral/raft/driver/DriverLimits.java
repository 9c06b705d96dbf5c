package io.raftoral.raft.driver;

/**
 * Every bound of the driver. Whatever would exceed one is refused (proposals, reads), dropped and counted (messages of
 * peers, which Raft sends again), or waits for its turn; nothing grows without end. Acknowledgements of the disk and of
 * the state machine are never refused: each answers a request that was bounded already.
 *
 * @param maxInputsPerPump inputs that one {@link RaftDriver#pump()} takes from the inbox; the rest follows in the next
 * @param maxPeerMessages messages of peers in the inbox, over all groups
 * @param maxPeerBytes entries and snapshots inside those messages, in bytes; a message larger than that is let in
 *     when no other bytes wait
 * @param maxProposals proposals of one group in the inbox
 * @param maxProposalBytes the same in bytes
 * @param maxReads reads of one group which wait for their confirmation
 * @param maxCommandBytes the size of one command; proposing a larger one is an error of the caller
 * @param maxEntryBytes commands are packed into one entry up to this size, in bytes; a single larger command has an
 *     entry of its own
 * @param maxWritesInFlight calls of {@link LogStore#write} whose answer is outstanding
 * @param maxWriteBytes entries of one group in one such call, in bytes; a single larger entry goes alone
 * @param maxApplyBatchBytes committed entries of one {@link StateMachine#apply} call, in bytes
 * @param maxApplyLagBytes committed entries of one group which wait to be applied, in bytes. Beyond it new proposals
 *     are refused; beyond twice as much the core keeps what else is committed to itself, in the log
 */
public record DriverLimits(
    int maxInputsPerPump,
    int maxPeerMessages,
    long maxPeerBytes,
    int maxProposals,
    long maxProposalBytes,
    int maxReads,
    int maxCommandBytes,
    int maxEntryBytes,
    int maxWritesInFlight,
    long maxWriteBytes,
    long maxApplyBatchBytes,
    long maxApplyLagBytes) {

  private static final int KIB = 1024;
  private static final int MIB = 1024 * KIB;

  /** Bounds that suit a service which gives a few hundred megabytes to its node. */
  public static final DriverLimits DEFAULTS =
      new DriverLimits(
          4096,
          8192,
          64L * MIB,
          65_536,
          32L * MIB,
          65_536,
          4 * MIB,
          256 * KIB,
          2,
          4L * MIB,
          MIB,
          16L * MIB);

  /** Refuses bounds that let nothing through. */
  public DriverLimits {
    positive("maxInputsPerPump", maxInputsPerPump);
    positive("maxPeerMessages", maxPeerMessages);
    positive("maxPeerBytes", maxPeerBytes);
    positive("maxProposals", maxProposals);
    positive("maxProposalBytes", maxProposalBytes);
    positive("maxReads", maxReads);
    positive("maxCommandBytes", maxCommandBytes);
    positive("maxEntryBytes", maxEntryBytes);
    positive("maxWritesInFlight", maxWritesInFlight);
    positive("maxWriteBytes", maxWriteBytes);
    positive("maxApplyBatchBytes", maxApplyBatchBytes);
    positive("maxApplyLagBytes", maxApplyLagBytes);
    if (maxCommandBytes > maxProposalBytes) {
      throw new IllegalArgumentException(
          "a command of maxCommandBytes=" + maxCommandBytes + " could never enter maxProposalBytes="
              + maxProposalBytes);
    }
  }

  /** The same with other bounds on the proposals of one group in the inbox. */
  public DriverLimits withProposals(int maxProposals, long maxProposalBytes) {
    return new DriverLimits(maxInputsPerPump, maxPeerMessages, maxPeerBytes, maxProposals, maxProposalBytes, maxReads,
        (int) Math.min(maxCommandBytes, maxProposalBytes), maxEntryBytes, maxWritesInFlight, maxWriteBytes,
        maxApplyBatchBytes, maxApplyLagBytes);
  }

  /** The same with other bounds on the messages of peers in the inbox. */
  public DriverLimits withPeers(int maxPeerMessages, long maxPeerBytes) {
    return new DriverLimits(maxInputsPerPump, maxPeerMessages, maxPeerBytes, maxProposals, maxProposalBytes, maxReads,
        maxCommandBytes, maxEntryBytes, maxWritesInFlight, maxWriteBytes, maxApplyBatchBytes, maxApplyLagBytes);
  }

  /** The same with another bound on reads. */
  public DriverLimits withReads(int maxReads) {
    return new DriverLimits(maxInputsPerPump, maxPeerMessages, maxPeerBytes, maxProposals, maxProposalBytes, maxReads,
        maxCommandBytes, maxEntryBytes, maxWritesInFlight, maxWriteBytes, maxApplyBatchBytes, maxApplyLagBytes);
  }

  /** The same with another packing of commands into entries. */
  public DriverLimits withEntryBytes(int maxEntryBytes) {
    return new DriverLimits(maxInputsPerPump, maxPeerMessages, maxPeerBytes, maxProposals, maxProposalBytes, maxReads,
        maxCommandBytes, maxEntryBytes, maxWritesInFlight, maxWriteBytes, maxApplyBatchBytes, maxApplyLagBytes);
  }

  /** The same with another pipeline of log writes. */
  public DriverLimits withWrites(int maxWritesInFlight, long maxWriteBytes) {
    return new DriverLimits(maxInputsPerPump, maxPeerMessages, maxPeerBytes, maxProposals, maxProposalBytes, maxReads,
        maxCommandBytes, maxEntryBytes, maxWritesInFlight, maxWriteBytes, maxApplyBatchBytes, maxApplyLagBytes);
  }

  /** The same with other bounds on applying. */
  public DriverLimits withApply(long maxApplyBatchBytes, long maxApplyLagBytes) {
    return new DriverLimits(maxInputsPerPump, maxPeerMessages, maxPeerBytes, maxProposals, maxProposalBytes, maxReads,
        maxCommandBytes, maxEntryBytes, maxWritesInFlight, maxWriteBytes, maxApplyBatchBytes, maxApplyLagBytes);
  }

  private static void positive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + " must be positive, but is " + value);
    }
  }
}
