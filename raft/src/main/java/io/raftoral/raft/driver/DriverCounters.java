package io.raftoral.raft.driver;

import java.util.concurrent.atomic.LongAdder;

/** What the driver counts. Plain fields belong to the loop; adders are for everybody. */
final class DriverCounters {
  long entries;
  long commands;
  long writes;
  long refusedProposals;

  /** Refusals that happened on callers' threads, because there was no room. */
  final LongAdder refusedAtTheDoor = new LongAdder();

  /** Messages of peers that were dropped: no room, no such group, not for this node, or of a kind that is not used. */
  final LongAdder droppedMessages = new LongAdder();

  DriverStats stats() {
    return new DriverStats(
        entries, commands, writes, refusedProposals + refusedAtTheDoor.sum(), droppedMessages.sum());
  }
}
