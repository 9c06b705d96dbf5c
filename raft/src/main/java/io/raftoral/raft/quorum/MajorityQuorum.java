package io.raftoral.raft.quorum;

import java.util.Arrays;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;

/**
 * A set of voters of which more than half decide. Immutable.
 *
 * <p>The empty set agrees to everything, at once: that makes an ordinary configuration the joint one whose outgoing
 * half is empty.
 */
public final class MajorityQuorum {
  /** Nobody. */
  public static final MajorityQuorum EMPTY = new MajorityQuorum(new long[0]);

  private final long[] voters;

  private MajorityQuorum(long[] voters) {
    this.voters = voters;
  }

  /** A quorum of these voters; duplicates count once. */
  public static MajorityQuorum of(List<Long> voters) {
    return new MajorityQuorum(voters.stream().mapToLong(Long::longValue).sorted().distinct().toArray());
  }

  /** How many voters there are. */
  public int size() {
    return voters.length;
  }

  /** Whether {@code node} votes here. */
  public boolean contains(long node) {
    return Arrays.binarySearch(voters, node) >= 0;
  }

  /** The voters, ascending; a copy. */
  public long[] voters() {
    return voters.clone();
  }

  /**
   * The highest index that a majority has acknowledged: with n voters, the (n/2 + 1)-th largest acknowledgement.
   *
   * @param acknowledgedBy the highest index that a voter acknowledged, 0 if none
   * @return {@link Long#MAX_VALUE} if there are no voters
   */
  public long committed(LongUnaryOperator acknowledgedBy) {
    int n = voters.length;
    if (n == 0) {
      return Long.MAX_VALUE;
    }
    // Insertion sort: clusters are small, and this runs for every acknowledgement that a leader receives.
    long[] sorted = new long[n];
    for (int i = 0; i < n; i++) {
      long index = acknowledgedBy.applyAsLong(voters[i]);
      int j = i;
      while (j > 0 && sorted[j - 1] > index) {
        sorted[j] = sorted[j - 1];
        j--;
      }
      sorted[j] = index;
    }
    return sorted[n - (n / 2 + 1)];
  }

  /** How the election stands; won if there are no voters. */
  public VoteResult vote(LongFunction<Ballot> ballotOf) {
    int granted = 0;
    int missing = 0;
    for (long voter : voters) {
      switch (ballotOf.apply(voter)) {
        case GRANTED -> granted++;
        case MISSING -> missing++;
        case REFUSED -> {}
      }
    }
    int needed = voters.length == 0 ? 0 : voters.length / 2 + 1;
    if (granted >= needed) {
      return VoteResult.WON;
    }
    return granted + missing >= needed ? VoteResult.PENDING : VoteResult.LOST;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MajorityQuorum that && Arrays.equals(voters, that.voters);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(voters);
  }

  @Override
  public String toString() {
    return Arrays.toString(voters);
  }
}
