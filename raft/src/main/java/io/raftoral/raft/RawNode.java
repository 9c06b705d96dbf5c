package io.raftoral.raft;

import io.raftoral.raft.log.LogStorage;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.role.RaftCore;
import io.raftoral.raft.trace.Tracer;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One node of one Raft group: a state machine without clock, thread, disk or network. Inputs are method calls,
 * outputs are {@link Ready}s; the same inputs give the same outputs. The package's description shows how to drive it.
 *
 * <p>Not thread-safe: whoever owns a node calls it from one thread at a time. No method blocks.
 *
 * <p>Any method throws {@link RaftInvariantViolation} if a rule of Raft turns out to be broken, after which the node
 * must not be used any more.
 */
public final class RawNode {

  /**
   * By how much the clocks of two nodes may differ in speed without a lease becoming unsafe, in percent of
   * {@code electionTicks}.
   */
  public static final int MAX_CLOCK_DRIFT_PERCENT = 10;

  /** What {@link #leaseStartTick()} answers when there is no lease. */
  public static final long NO_LEASE = RaftCore.NO_LEASE;

  private final RaftCore core;
  private final boolean asyncStorage;
  private HardState lastHardState;
  private SoftState lastSoftState;
  private long number;
  private long acknowledged;

  /**
   * A node that continues from what {@code storage} holds, as a follower.
   *
   * @param random gives election timeouts; every node needs a stream of its own, or they campaign in step for ever
   * @throws RaftInvariantViolation if {@code storage} contradicts itself or {@link RaftConfig#appliedIndex()}
   */
  public RawNode(RaftConfig config, LogStorage storage, RandomGenerator random) {
    this(config, storage, random, Tracer.NONE);
  }

  /** Like the other constructor, and tells {@code tracer} of every transition. */
  public RawNode(RaftConfig config, LogStorage storage, RandomGenerator random, Tracer tracer) {
    this.core = new RaftCore(config, storage, random, tracer);
    this.asyncStorage = config.asyncStorage();
    this.lastHardState = storage.hardState();
    this.lastSoftState = core.softState();
  }

  /**
   * Time passes by one tick.
   *
   * <p>Leases rest on this: a node may tick late, but in any span of time there must be no more than {@code span /
   * tick length + 2} ticks (give or take {@link #MAX_CLOCK_DRIFT_PERCENT}). Whoever drives a node that was paused
   * must not make up for the ticks it missed, or it would vote for somebody else right after it has taken a
   * heartbeat.
   */
  public void tick() {
    core.tick();
  }

  /** How often {@link #tick()} was called. */
  public long ticks() {
    return core.ticks();
  }

  /**
   * A message arrived, from an authenticated member of the cluster. One that no correct node could have sent is thrown
   * away and counted in {@link Status#rejectedMessages()}.
   */
  public void step(Message message) {
    core.step(message);
  }

  /**
   * Starts an election now, if this node is a voter and not the leader, and has applied all membership changes that it
   * knows to be committed. With {@link RaftConfig#leaderLease()} not while a leader may have a lease.
   */
  public void campaign() {
    core.campaign();
  }

  /**
   * Proposes entries, one for each element, in one append.
   *
   * @param data not empty; the arrays belong to the core from now on
   */
  public ProposalResult propose(List<byte[]> data) {
    return core.propose(data);
  }

  /** Proposes a change of the configuration. Only one can be under way. */
  public ProposalResult proposeConfChange(ConfChange change) {
    return core.proposeConfChange(change);
  }

  /**
   * A committed change is being applied; returns the configuration that is from now on in force. To be called for
   * every {@link Entry.Membership} among {@link Ready#committedEntries()}, in order, before {@link #applied(long)}
   * says that the entry is applied. Best at once, before the next message is stepped; whoever waits must leave out
   * changes that a snapshot has overtaken in the meantime, since the snapshot's configuration contains them
   * (etcd-io/etcd#11510).
   */
  public ConfState applyConfChange(ConfChange change) {
    return core.applyConfChange(change);
  }

  /**
   * Asks for a linearizable read; answered by a {@link ReadState} with this context, or never: messages get lost, and
   * leaders change.
   *
   * @param context has a meaning for the caller alone; need not be unique for the answers to be right
   * @return false if it cannot be asked for now: there is no leader, or too many reads wait
   */
  public boolean readIndex(long context) {
    return core.readIndex(context);
  }

  /**
   * Hands leadership to {@code node}, a voter. The leader refuses proposals until the transfer succeeds or an election
   * timeout has passed. A follower passes the wish on.
   */
  public void transferLeader(long node) {
    core.transferLeader(node);
  }

  /**
   * A follower forgets who leads, so that it will vote for somebody else at once: for use when the leader is known to
   * be dead. Ignored where a lease may be relied upon.
   */
  public void forgetLeader() {
    core.forgetLeader();
  }

  /** Messages to {@code node} get lost: the leader stops streaming to it until it answers. */
  public void reportUnreachable(long node) {
    core.reportUnreachable(node);
  }

  /** The sending of a snapshot to {@code node} has ended. To be called for every {@link Message.InstallSnapshot}. */
  public void reportSnapshot(long node, boolean delivered) {
    core.reportSnapshot(node, delivered);
  }

  /** Whether {@link #ready()} has anything to say. */
  public boolean hasReady() {
    return core.hasMessagesOrReads()
        || core.log().hasNewEntries()
        || core.log().newSnapshot() != null
        || core.log().hasCommittedEntries()
        || !core.isHardState(lastHardState)
        || !core.isSoftState(lastSoftState);
  }

  /**
   * Takes what is to be done. May be called again before the last one is acknowledged, if {@link
   * RaftConfig#asyncStorage()} is on; nothing is handed out twice.
   *
   * @throws IllegalStateException if the last Ready has to be worked off first
   */
  public Ready ready() {
    if (!asyncStorage && acknowledged < number) {
      throw new IllegalStateException(
          "Ready " + number + " is not advanced yet, and asyncStorage is off: work it off before taking the next one");
    }
    number++;
    SoftState softState = core.isSoftState(lastSoftState) ? null : core.softState();
    HardState hardState = core.isHardState(lastHardState) ? null : core.hardState();
    Snapshot snapshot = core.log().newSnapshot();
    List<Entry> entries = core.log().newEntries();
    boolean mustSync = snapshot != null || !entries.isEmpty() || (hardState != null && !sameVote(hardState));
    core.log().handOut(number);
    if (softState != null) {
      lastSoftState = softState;
    }
    if (hardState != null) {
      lastHardState = hardState;
    }
    return new Ready(
        number,
        softState,
        hardState,
        entries,
        snapshot,
        mustSync,
        core.log().takeCommittedEntries(),
        core.takePromptMessages(),
        core.takeMessagesForAfter(number),
        core.takeReads());
  }

  private boolean sameVote(HardState hardState) {
    return hardState.term() == lastHardState.term() && hardState.vote() == lastHardState.vote();
  }

  /** Everything in {@code ready} was written and applied: for those who do one thing after the other. */
  public void advance(Ready ready) {
    persisted(ready.number());
    if (!ready.committedEntries().isEmpty()) {
      applied(ready.committedEntries().getLast().index());
    }
  }

  /**
   * All Readys up to this number are durable, a snapshot among them included, which then also counts as applied. Every
   * Ready has to be acknowledged, one that has nothing to write as soon as all before it are durable; a larger number
   * acknowledges the smaller ones. Numbers that were acknowledged before are ignored.
   */
  public void persisted(long readyNumber) {
    if (readyNumber > number) {
      throw new IllegalArgumentException("Ready " + readyNumber + " was never handed out; the last one is " + number);
    }
    if (readyNumber > acknowledged) {
      acknowledged = readyNumber;
      core.persisted(readyNumber);
    }
  }

  /** The state machine has applied everything up to {@code index}. */
  public void applied(long index) {
    core.applied(index);
  }

  /** What this node knows and is, at this moment. */
  public Status status() {
    return core.status();
  }

  /**
   * For how many more ticks, counted from when the last {@link #tick()} was due, no other node can become leader; 0 if
   * this node has no lease. Requires {@link RaftConfig#leaderLease()} on all nodes.
   *
   * <p>The lease runs from when the last round of heartbeats that a quorum has answered was <em>sent</em>, and is
   * shorter than {@code electionTicks} by a margin for the grain of ticks and for {@link #MAX_CLOCK_DRIFT_PERCENT}.
   * There is none while leadership is being transferred, nor later in a term in which the transferee was told to
   * campaign.
   *
   * <p>This is right as long as this node's ticks come on time. Whoever may be paused should compute the end of the
   * lease from {@link #leaseStartTick()} and a real clock instead.
   */
  public long leaseTicks() {
    return core.leaseTicks();
  }

  /**
   * The value of {@link #ticks()} when the round of heartbeats was sent on which the lease rests, or {@link
   * #NO_LEASE}. The lease ends {@link #leaseDurationTicks()} tick lengths after the moment at which that tick was
   * delivered; whoever remembers these moments by a real clock is safe even if later ticks come late or not at all.
   */
  public long leaseStartTick() {
    return core.leaseStartTick();
  }

  /** How long a lease is from its start, in ticks; 0 if {@code electionTicks} is too small for any. */
  public int leaseDurationTicks() {
    return core.leaseDurationTicks();
  }

  /** From now on this node's election timeout is not random: a hook for tests that need to know who campaigns. */
  public void fixElectionTimeout(int ticks) {
    core.fixElectionTimeout(ticks);
  }
}
