package io.raftoral.raft.quorum;

import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;
import java.util.stream.LongStream;

/**
 * Two sets of voters that must both decide, each by its own majority (Raft paper, section 6). Outside a joint change
 * the outgoing half is empty and agrees to everything.
 */
public record JointQuorum(MajorityQuorum incoming, MajorityQuorum outgoing) {

  /** The highest index that a majority of each half has acknowledged. */
  public long committed(LongUnaryOperator acknowledgedBy) {
    return Math.min(incoming.committed(acknowledgedBy), outgoing.committed(acknowledgedBy));
  }

  /** Won if both halves are won, lost as soon as one is lost. */
  public VoteResult vote(LongFunction<Ballot> ballotOf) {
    VoteResult in = incoming.vote(ballotOf);
    VoteResult out = outgoing.vote(ballotOf);
    if (in == out) {
      return in;
    }
    return in == VoteResult.LOST || out == VoteResult.LOST ? VoteResult.LOST : VoteResult.PENDING;
  }

  /** Whether {@code node} votes in either half. */
  public boolean contains(long node) {
    return incoming.contains(node) || outgoing.contains(node);
  }

  /** Whether one voter decides alone. */
  public boolean isSingleton() {
    return incoming.size() == 1 && outgoing.size() == 0;
  }

  /** The voters of both halves, ascending, each once. */
  public long[] voters() {
    return LongStream.concat(LongStream.of(incoming.voters()), LongStream.of(outgoing.voters()))
        .sorted()
        .distinct()
        .toArray();
  }
}
