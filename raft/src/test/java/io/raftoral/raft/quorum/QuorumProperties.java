package io.raftoral.raft.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Quorums against their definitions, spelled out naively. */
class QuorumProperties {
  private static final long MAX_ID = 7;

  @Provide
  Arbitrary<List<Long>> voters() {
    return Arbitraries.longs().between(1, MAX_ID).list().ofMaxSize((int) MAX_ID);
  }

  @Provide
  Arbitrary<Map<Long, Long>> acknowledgements() {
    return Arbitraries.maps(Arbitraries.longs().between(1, MAX_ID), Arbitraries.longs().between(0, 9))
        .map(TreeMap::new);
  }

  @Provide
  Arbitrary<Map<Long, Ballot>> ballots() {
    return Arbitraries.maps(Arbitraries.longs().between(1, MAX_ID), Arbitraries.of(Ballot.class)).map(TreeMap::new);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void committedIsTheHighestIndexThatMoreThanHalfHaveReached(
      @ForAll("voters") List<Long> voters, @ForAll("acknowledgements") Map<Long, Long> acks) {
    MajorityQuorum quorum = MajorityQuorum.of(voters);
    long committed = quorum.committed(id -> acks.getOrDefault(id, 0L));
    if (quorum.size() == 0) {
      assertThat(committed).isEqualTo(Long.MAX_VALUE);
      return;
    }
    assertThat(reached(quorum, acks, committed)).isGreaterThan(quorum.size() / 2);
    assertThat(reached(quorum, acks, committed + 1)).isLessThanOrEqualTo(quorum.size() / 2);
  }

  private static int reached(MajorityQuorum quorum, Map<Long, Long> acks, long index) {
    return (int) LongStream.of(quorum.voters()).filter(id -> acks.getOrDefault(id, 0L) >= index).count();
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void jointCommittedIsTheLowerOfTheHalvesAndSymmetric(
      @ForAll("voters") List<Long> one,
      @ForAll("voters") List<Long> other,
      @ForAll("acknowledgements") Map<Long, Long> acks) {
    MajorityQuorum a = MajorityQuorum.of(one);
    MajorityQuorum b = MajorityQuorum.of(other);
    long committed = new JointQuorum(a, b).committed(id -> acks.getOrDefault(id, 0L));
    assertThat(committed)
        .isEqualTo(new JointQuorum(b, a).committed(id -> acks.getOrDefault(id, 0L)))
        .isEqualTo(
            Math.min(a.committed(id -> acks.getOrDefault(id, 0L)), b.committed(id -> acks.getOrDefault(id, 0L))));
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void aVoteIsDecidedWhenNoMissingBallotCanChangeIt(
      @ForAll("voters") List<Long> one, @ForAll("voters") List<Long> other, @ForAll("ballots") Map<Long, Ballot> cast) {
    MajorityQuorum a = MajorityQuorum.of(one);
    MajorityQuorum b = MajorityQuorum.of(other);
    JointQuorum quorum = new JointQuorum(a, b);
    VoteResult result = quorum.vote(id -> cast.getOrDefault(id, Ballot.MISSING));
    boolean couldWin = wins(quorum, cast, Ballot.GRANTED);
    boolean mustWin = wins(quorum, cast, Ballot.REFUSED);
    assertThat(result).isEqualTo(mustWin ? VoteResult.WON : couldWin ? VoteResult.PENDING : VoteResult.LOST);
    assertThat(result).isEqualTo(new JointQuorum(b, a).vote(id -> cast.getOrDefault(id, Ballot.MISSING)));
  }

  private static boolean wins(JointQuorum quorum, Map<Long, Ballot> cast, Ballot ifMissing) {
    return majority(quorum.incoming(), cast, ifMissing) && majority(quorum.outgoing(), cast, ifMissing);
  }

  private static boolean majority(MajorityQuorum half, Map<Long, Ballot> cast, Ballot ifMissing) {
    long granted =
        LongStream.of(half.voters())
            .mapToObj(id -> cast.getOrDefault(id, Ballot.MISSING))
            .map(ballot -> ballot == Ballot.MISSING ? ifMissing : ballot)
            .filter(ballot -> ballot == Ballot.GRANTED)
            .count();
    return half.size() == 0 || granted > half.size() / 2;
  }

  @Test
  void aQuorumKnowsItsVoters() {
    MajorityQuorum quorum = MajorityQuorum.of(List.of(3L, 1L, 3L));
    assertThat(quorum.voters()).containsExactly(1, 3);
    assertThat(quorum.contains(3)).isTrue();
    assertThat(quorum.contains(2)).isFalse();
    assertThat(quorum).isEqualTo(MajorityQuorum.of(List.of(1L, 3L))).isNotEqualTo(MajorityQuorum.EMPTY);
    assertThat(quorum.hashCode()).isEqualTo(MajorityQuorum.of(List.of(1L, 3L)).hashCode()).isNotZero();
    assertThat(quorum).hasToString("[1, 3]");
    JointQuorum joint = new JointQuorum(quorum, MajorityQuorum.of(List.of(2L, 3L)));
    assertThat(joint.voters()).containsExactly(1, 2, 3);
    assertThat(joint.contains(1)).isTrue();
    assertThat(joint.contains(2)).isTrue();
    assertThat(joint.contains(4)).isFalse();
    assertThat(joint.isSingleton()).isFalse();
    MajorityQuorum one = MajorityQuorum.of(List.of(1L));
    assertThat(new JointQuorum(one, MajorityQuorum.EMPTY).isSingleton()).isTrue();
    assertThat(new JointQuorum(one, one).isSingleton()).isFalse();
    assertThat(new JointQuorum(quorum, MajorityQuorum.EMPTY).isSingleton()).isFalse();
  }
}
