package io.raftoral.raft.role;

import io.raftoral.raft.RaftConfig.ReadMode;
import io.raftoral.raft.RawNode;
import io.raftoral.raft.ReadState;
import io.raftoral.raft.message.Message;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A leader's linearizable reads and its lease (Raft thesis, section 6.4).
 *
 * <p>Both rest on rounds of heartbeats. Rounds are counted, and the count is echoed: an answer to round r proves that
 * its sender followed this leader at some moment <em>after</em> r began. A read may be answered with the commit index
 * of the moment it was asked once a quorum has answered a round that began after it was asked. The caller's own marks
 * play no part in this, so neither repeated marks nor late answers can confirm a read that began after them
 * (etcd-io/etcd#20418).
 *
 * <p>A leader does not know what is committed before it has committed an entry of its own term; reads that come earlier
 * are parked.
 */
final class Reads {
  /** Reads that may wait at once, parked ones included; more are turned away. */
  static final int MAX_WAITING_READS = 1 << 16;

  private record Request(long from, long context) {}

  private record Waiting(long round, long index, Request request) {}

  private record Beat(long tick, long firstRound) {}

  private final RaftCore core;
  private final Replication replication;
  private final Transfer transfer;
  private final Deque<Request> parked = new ArrayDeque<>();
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  // When rounds began: one element a tick, the newest last, and none older than a lease can be.
  private final Deque<Beat> beats = new ArrayDeque<>();
  private long round;

  Reads(RaftCore core, Replication replication, Transfer transfer) {
    this.core = core;
    this.replication = replication;
    this.transfer = transfer;
    noteRound();
  }

  /** Sends a heartbeat to everybody. */
  void beginRound() {
    noteRound();
    replication.broadcastHeartbeat(round);
    release();
  }

  /** Whether there was such a round: an answer to one that never began would confirm what is still to come. */
  boolean hasBegun(long answeredRound) {
    return answeredRound <= round;
  }

  private void noteRound() {
    round++;
    if (beats.isEmpty() || beats.getLast().tick != core.ticks()) {
      beats.addLast(new Beat(core.ticks(), round));
      while (core.ticks() - beats.getFirst().tick > core.config().electionTicks()) {
        beats.removeFirst();
      }
    }
  }

  /** Somebody asks to read; returns false if too many wait already. */
  boolean request(long from, long context) {
    if (parked.size() + waiting.size() >= MAX_WAITING_READS) {
      return false;
    }
    Request request = new Request(from, context);
    if (!core.hasCommittedInTerm()) {
      parked.addLast(request);
    } else {
      ask(request);
    }
    return true;
  }

  /** If this leader has committed in its term by now, goes on with the reads that waited for that. */
  void unpark() {
    if (!parked.isEmpty() && core.hasCommittedInTerm()) {
      while (!parked.isEmpty()) {
        ask(parked.removeFirst());
      }
    }
  }

  private void ask(Request request) {
    long index = core.log().committed();
    boolean aloneDecides = core.membership().voters().isSingleton() && core.membership().isVoter(core.id());
    boolean byLease = core.config().readMode() == ReadMode.LEASE && leaseTicks() > 0;
    if (aloneDecides || byLease) {
      answer(request, index);
      return;
    }
    waiting.addLast(new Waiting(round + 1, index, request));
    beginRound();
  }

  /** Answers the reads whose round a quorum has confirmed. */
  void release() {
    if (waiting.isEmpty()) {
      return;
    }
    long confirmed = confirmedRound();
    while (!waiting.isEmpty() && waiting.getFirst().round <= confirmed) {
      Waiting read = waiting.removeFirst();
      answer(read.request, read.index);
    }
  }

  private void answer(Request request, long index) {
    if (request.from == core.id()) {
      core.confirmRead(new ReadState(request.context, index));
    } else {
      core.send(new Message.ReadIndexResponse(core.id(), request.from, core.term(), request.context, index));
    }
  }

  /** The last round that a quorum has answered. */
  private long confirmedRound() {
    return core.membership().voters().committed(id -> id == core.id() ? round : replication.confirmedRound(id));
  }

  /** See {@link io.raftoral.raft.RawNode#leaseStartTick()}. */
  long leaseStartTick() {
    if (!core.config().usesLease() || transfer.endsLease()) {
      return RaftCore.NO_LEASE;
    }
    long confirmed = confirmedRound();
    long start = RaftCore.NO_LEASE;
    for (Beat beat : beats) {
      if (beat.firstRound > confirmed) {
        break;
      }
      start = beat.tick;
    }
    return start;
  }

  /** See {@link io.raftoral.raft.RawNode#leaseTicks()}. */
  long leaseTicks() {
    long start = leaseStartTick();
    return start == RaftCore.NO_LEASE ? 0 : Math.max(0, start + core.leaseDurationTicks() - core.ticks());
  }

  /**
   * How long a lease is from its start. A follower that hears a heartbeat refuses votes for {@code electionTicks} of
   * its own ticks, of which the first two may come at once; and this node's next tick may be due at once, too. What
   * is left is cut by how much the two clocks may differ.
   */
  static int leaseDurationTicks(int electionTicks) {
    int margin = 3 + (electionTicks * RawNode.MAX_CLOCK_DRIFT_PERCENT + 99) / 100;
    return Math.max(0, electionTicks - margin);
  }
}
