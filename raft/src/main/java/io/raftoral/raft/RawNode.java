package io.raftoral.raft;

import io.raftoral.raft.log.LogStorage;
import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Message;
import java.util.List;
import java.util.random.RandomGenerator;

/** One node of one Raft group. */
@SuppressWarnings({"DoNotCallSuggester","UnusedVariable"})
public final class RawNode {

  /** By how much the clocks of two nodes may differ in speed without a lease becoming unsafe, in percent. */
  public static final int MAX_CLOCK_DRIFT_PERCENT = 10;

  /** A node that continues from what {@code storage} holds. */
  public RawNode(RaftConfig config, LogStorage storage, RandomGenerator random) {
    throw new UnsupportedOperationException();
  }

  /** Time passes by one tick. */
  public void tick() {}

  /** A message arrived. */
  public void step(Message message) {}

  /** Starts an election now. */
  public void campaign() {}

  /** Proposes entries, one for each element. */
  public ProposalResult propose(List<byte[]> data) {
    throw new UnsupportedOperationException();
  }

  /** Proposes a change of the configuration. */
  public ProposalResult proposeConfChange(ConfChange change) {
    throw new UnsupportedOperationException();
  }

  /** A committed change is being applied; returns the configuration from now on in force. */
  public ConfState applyConfChange(ConfChange change) {
    throw new UnsupportedOperationException();
  }

  /** Asks for a linearizable read; answered by a {@link ReadState} with this context, or never. False if it cannot be asked for now. */
  public boolean readIndex(long context) {
    throw new UnsupportedOperationException();
  }

  /** Hands leadership to {@code node}. */
  public void transferLeader(long node) {}

  /** Forgets the leader. */
  public void forgetLeader() {}

  /** Messages to {@code node} get lost. */
  public void reportUnreachable(long node) {}

  /** A snapshot to {@code node} arrived or failed. */
  public void reportSnapshot(long node, boolean delivered) {}

  /** Whether {@link #ready()} has anything to say. */
  public boolean hasReady() {
    throw new UnsupportedOperationException();
  }

  /** Takes what is to be done. */
  public Ready ready() {
    throw new UnsupportedOperationException();
  }

  /** Everything in {@code ready} was written and applied. */
  public void advance(Ready ready) {}

  /** All Readys up to this number are durable. */
  public void persisted(long readyNumber) {}

  /** The state machine has applied everything up to {@code index}. */
  public void applied(long index) {}

  /** A snapshot of what this node knows. */
  public Status status() {
    throw new UnsupportedOperationException();
  }

  /**
   * For how many more ticks no other node can become leader, as a quorum has confirmed; 0 unless this node leads with
   * check-quorum.
   */
  public long leaseTicks() {
    throw new UnsupportedOperationException();
  }
}
