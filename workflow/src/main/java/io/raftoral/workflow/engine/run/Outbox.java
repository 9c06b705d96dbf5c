package io.raftoral.workflow.engine.run;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.raftoral.raft.ProposalResult;
import io.raftoral.raft.driver.ProposalListener;
import io.raftoral.workflow.engine.state.By;
import io.raftoral.workflow.engine.state.Command;
import io.raftoral.workflow.engine.state.CommandCodec;
import io.raftoral.workflow.engine.state.RunInfo;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The outcomes of one branch of an incarnation on their way into the log.
 *
 * <p>Batching follows Nagle: what is produced while nothing is in flight goes out at once; while something is,
 * outcomes gather and go out together when it is applied, when there are many, or when the thread has to wait. So a
 * lone assignment is not delayed, and a busy workflow fills its entries, without a timer.
 *
 * <p>A proposal that is refused because the leader has too much to do is sent again after a while, if nothing was sent
 * after it: to the journal that is the same as having waited in a queue. Otherwise a refusal is the end of the
 * incarnation.
 *
 * <p>Guarded by the run's lock.
 */
final class Outbox {
  /** Outcomes that are sent although something is in flight. */
  static final int MAX_BATCH = 256;

  /** Likewise, in bytes. */
  static final int MAX_BATCH_BYTES = 64 << 10;

  /** Outcomes that may be produced ahead of what is applied. */
  static final int MAX_AHEAD = 4 * MAX_BATCH;

  /** Likewise, in bytes; a single larger one is let through. */
  static final int MAX_AHEAD_BYTES = 4 * MAX_BATCH_BYTES;

  private final RunServices services;
  private final RunInfo info;
  private final Lane owner;
  private final By by;
  private final long base;

  private List<ByteString> gathered = new ArrayList<>();
  private long gatheredFrom;
  private int gatheredBytes;

  /** When the first of what has gathered was produced, in the order of all branches. */
  private long gatheredSince = CommitOrder.NONE;

  /** Proposals of which it is not known yet what became of them, in the order of sending. */
  private final ArrayDeque<Proposal> inFlight = new ArrayDeque<>();

  private int inFlightBytes;

  /** Whether the only proposal in flight was refused and waits to be sent again: nothing may overtake it. */
  private boolean stalled;

  /** How often it was refused. */
  private int refusals;

  /**
   * An empty one.
   *
   * @param by who computes the outcomes
   * @param base the last position that was read from the applied journal
   */
  Outbox(RunServices services, RunInfo info, Lane owner, By by, long base) {
    this.services = services;
    this.info = info;
    this.owner = owner;
    this.by = by;
    this.base = base;
  }

  By by() {
    return by;
  }

  /** Takes the outcome of {@code position}, which follows the one before; sends nothing yet. */
  void add(long position, byte[] outcome, CommitOrder order) {
    if (gathered.isEmpty()) {
      gatheredFrom = position;
      gatheredSince = order.next();
    }
    gathered.add(UnsafeByteOperations.unsafeWrap(outcome));
    gatheredBytes += outcome.length;
  }

  /** Sends what has gathered, if it is time to. */
  void flushIfDue() {
    if (inFlight.isEmpty() || gathered.size() >= MAX_BATCH || gatheredBytes >= MAX_BATCH_BYTES) {
      flush();
    }
  }

  /** Sends what has gathered. While the leader is overloaded, nothing is sent after what it has refused. */
  void flush() {
    if (gathered.isEmpty() || held()) {
      return;
    }
    byte[] command =
        CommandCodec.encode(
            new Command.Checkpoint(
                services.clock().nowMs(),
                info.run(),
                info.slot(),
                owner.branch(),
                by,
                base,
                gatheredFrom,
                gathered));
    Proposal proposal = new Proposal(command, gatheredFrom, gatheredBytes, gatheredSince);
    gathered = new ArrayList<>();
    gatheredBytes = 0;
    gatheredSince = CommitOrder.NONE;
    propose(proposal);
  }

  /**
   * Sends an intent for {@code position}, after all outcomes before it.
   *
   * @return false if it cannot be sent now; the thread is woken when it can
   */
  boolean intent(long position) {
    flush();
    if (held()) {
      return false;
    }
    propose(
        new Proposal(
            CommandCodec.encode(
                new Command.Intent(
                    services.clock().nowMs(), info.run(), info.slot(), owner.branch(), by, base, position)),
            position,
            0,
            CommitOrder.NONE));
    return true;
  }

  private boolean held() {
    return stalled || refusals > 0 && !inFlight.isEmpty();
  }

  private void propose(Proposal proposal) {
    inFlight.addLast(proposal);
    inFlightBytes += proposal.bytes;
    services.group().propose(proposal.command, proposal);
  }

  /** Whether the thread has run so far ahead that it has to wait. */
  boolean full(long produced, long confirmed) {
    return produced - confirmed >= MAX_AHEAD || inFlightBytes + gatheredBytes >= MAX_AHEAD_BYTES;
  }

  /** The proposal that began at {@code position} was applied, accepted or not. */
  void applied(long position) {
    for (Proposal proposal : inFlight) {
      if (proposal.position == position) {
        forget(proposal);
        break;
      }
    }
    refusals = 0;
  }

  private void forget(Proposal proposal) {
    if (inFlight.remove(proposal)) {
      inFlightBytes -= proposal.bytes;
    }
  }

  /** When the oldest outcome was produced that is not known to be applied; {@link CommitOrder#NONE} if there is none. */
  long oldest() {
    for (Proposal proposal : inFlight) {
      if (proposal.since != CommitOrder.NONE) {
        return proposal.since;
      }
    }
    return gatheredSince;
  }

  /** Whether it is known of every proposal what became of it. */
  boolean resolved() {
    return inFlight.isEmpty();
  }

  /** Forgets what has not been sent, and what waits to be sent again. */
  void drop() {
    gathered = new ArrayList<>();
    gatheredBytes = 0;
    gatheredSince = CommitOrder.NONE;
    if (stalled) {
      stalled = false;
      inFlight.clear();
      inFlightBytes = 0;
    }
  }

  /**
   * Keeps a refused proposal, to be sent again.
   *
   * @return false if that would let it be overtaken, or would not help
   */
  private boolean keep(Proposal proposal, ProposalResult.Reason reason) {
    boolean passing =
        reason == ProposalResult.Reason.OVERLOADED || reason == ProposalResult.Reason.TRANSFERRING;
    if (!passing || inFlight.size() != 1 || inFlight.peekFirst() != proposal) {
      return false;
    }
    stalled = true;
    services.runtime().schedule(services.backoffMs(refusals++), () -> owner.life().resend(owner, this, proposal));
    return true;
  }

  /** Sends a proposal again that was kept. */
  void resend(Proposal proposal) {
    if (stalled && inFlight.peekFirst() == proposal) {
      stalled = false;
      services.group().propose(proposal.command.clone(), proposal);
    }
  }

  /**
   * A proposal was refused; nothing was appended.
   *
   * @param alive whether the incarnation has a use for it
   * @return whether the incarnation can go on
   */
  boolean refused(Proposal proposal, ProposalResult.Reason reason, boolean alive) {
    if (alive && keep(proposal, reason)) {
      return true;
    }
    forget(proposal);
    return false;
  }

  /** One command in flight. */
  final class Proposal implements ProposalListener {
    private final byte[] command;
    private final long position;
    private final int bytes;
    private final long since;

    Proposal(byte[] command, long position, int bytes, long since) {
      this.command = command;
      this.position = position;
      this.bytes = bytes;
      this.since = since;
    }

    @Override
    public void appended(long term, long index) {
      // Whether it commits is seen by applying. In another term than its own the fence rejects it.
    }

    @Override
    public void refused(ProposalResult.Reason reason, long leader) {
      owner.life().refused(Outbox.this, this, reason);
    }
  }
}
