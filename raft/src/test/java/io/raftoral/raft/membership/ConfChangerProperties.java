package io.raftoral.raft.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.raftoral.raft.membership.ConfChange.Change;
import io.raftoral.raft.membership.ConfChange.Kind;
import io.raftoral.raft.membership.ConfChange.Transition;
import io.raftoral.raft.membership.ConfChanger.InvalidChangeException;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Membership changes: a chain of simple changes against one joint change, and what each step must keep. */
class ConfChangerProperties {
  private static final ConfState THREE = ConfState.ofVoters(List.of(1L, 2L, 3L));

  @Provide
  Arbitrary<List<Change>> changes() {
    return Combinators.combine(Arbitraries.of(Kind.class), Arbitraries.longs().between(1, 6))
        .as(Change::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6)
        // Voter 9 is never touched, so that some voter is always left.
        .map(List::copyOf);
  }

  private static ConfState start() {
    return new ConfState(List.of(1L, 2L, 9L), List.of(3L), List.of(), List.of(), false);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void aChainOfSimpleChangesEqualsOneJointChange(@ForAll("changes") List<Change> changes) {
    ConfState chained = start();
    for (Change change : changes) {
      chained = ConfChanger.simple(chained, List.of(change));
    }
    ConfState joint = ConfChanger.enterJoint(start(), true, changes);
    assertThat(joint.autoLeave()).isTrue();
    assertThat(joint.votersOutgoing()).isEqualTo(start().voters());
    assertThat(ConfChanger.leaveJoint(joint)).isEqualTo(chained);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void everyStepLeadsToAValidConfiguration(@ForAll("changes") List<Change> changes) {
    ConfState joint = ConfChanger.enterJoint(start(), false, changes);
    assertThat(Membership.isValid(joint)).isTrue();
    assertThat(Membership.isValid(ConfChanger.leaveJoint(joint))).isTrue();
    assertThatThrownBy(() -> ConfChanger.enterJoint(joint, false, changes)).isInstanceOf(InvalidChangeException.class);
    assertThatThrownBy(() -> ConfChanger.simple(joint, changes)).isInstanceOf(InvalidChangeException.class);
  }

  @Property(edgeCases = EdgeCasesMode.NONE)
  void aSimpleChangeMovesAtMostOneVoter(@ForAll("changes") List<Change> changes) {
    ConfState joint = ConfChanger.leaveJoint(ConfChanger.enterJoint(start(), true, changes));
    long moved =
        start().voters().stream().filter(id -> !joint.voters().contains(id)).count()
            + joint.voters().stream().filter(id -> !start().voters().contains(id)).count();
    if (moved <= 1) {
      assertThat(ConfChanger.simple(start(), changes)).isEqualTo(joint);
    } else {
      assertThatThrownBy(() -> ConfChanger.simple(start(), changes))
          .isInstanceOf(InvalidChangeException.class)
          .hasMessageContaining("more than one voter");
    }
  }

  @Test
  void aDemotedVoterWaitsInLearnersNextUntilTheJointConfigurationIsLeft() {
    ConfState joint =
        ConfChanger.apply(
            THREE,
            new ConfChange(
                Transition.AUTO,
                List.of(new Change(Kind.ADD_LEARNER, 2), new Change(Kind.REMOVE, 3), new Change(Kind.ADD_LEARNER, 5))));
    assertThat(joint)
        .isEqualTo(new ConfState(List.of(1L), List.of(5L), List.of(1L, 2L, 3L), List.of(2L), true));
    assertThat(ConfChanger.apply(joint, ConfChange.leaveJoint()))
        .isEqualTo(new ConfState(List.of(1L), List.of(2L, 5L), List.of(), List.of(), false));
  }

  @Test
  void theTransitionDecidesHowOneChangeIsMade() {
    List<Change> one = List.of(new Change(Kind.ADD_VOTER, 4));
    assertThat(ConfChanger.apply(THREE, new ConfChange(Transition.AUTO, one)).votersOutgoing()).isEmpty();
    assertThat(ConfChanger.apply(THREE, new ConfChange(Transition.JOINT_IMPLICIT, one)).autoLeave()).isTrue();
    ConfState explicit = ConfChanger.apply(THREE, new ConfChange(Transition.JOINT_EXPLICIT, one));
    assertThat(explicit.autoLeave()).isFalse();
    assertThat(explicit.votersOutgoing()).isEqualTo(THREE.voters());
    assertThat(ConfChanger.leavesJoint(ConfChange.leaveJoint())).isTrue();
    assertThat(ConfChanger.leavesJoint(new ConfChange(Transition.JOINT_EXPLICIT, List.of()))).isFalse();
    assertThat(ConfChanger.leavesJoint(new ConfChange(Transition.AUTO, one))).isFalse();
  }

  @Test
  void aChangeHasASize() {
    assertThat(ConfChange.leaveJoint().sizeBytes()).isEqualTo(2);
    ConfChange one = ConfChange.simple(Kind.REMOVE, 3);
    assertThat(one.changes()).containsExactly(new Change(Kind.REMOVE, 3));
    assertThat(one.sizeBytes()).isEqualTo(11);
  }

  @Test
  void impossibleChangesAreRefused() {
    assertThatThrownBy(() -> ConfChanger.simple(ConfState.ofVoters(List.of(1L)), List.of(new Change(Kind.REMOVE, 1))))
        .isInstanceOf(InvalidChangeException.class)
        .hasMessageContaining("no voter");
    assertThatThrownBy(() -> ConfChanger.leaveJoint(THREE)).isInstanceOf(InvalidChangeException.class);
    assertThatThrownBy(() -> ConfChanger.enterJoint(ConfState.EMPTY, true, List.of()))
        .isInstanceOf(InvalidChangeException.class);
    assertThatThrownBy(() -> ConfChanger.simple(THREE, List.of(new Change(Kind.ADD_VOTER, -1))))
        .isInstanceOf(InvalidChangeException.class)
        .hasMessageContaining("positive");
  }

  @Test
  void aChangeOfNobodyChangesNothing() {
    List<Change> nobody =
        List.of(new Change(Kind.REMOVE, 0), new Change(Kind.ADD_VOTER, 0), new Change(Kind.ADD_LEARNER, 0));
    assertThat(ConfChanger.simple(THREE, nobody)).isEqualTo(THREE);
  }

  @Test
  void aMembershipAnswersTheCoresQuestions() {
    Membership membership =
        Membership.of(new ConfState(List.of(1L, 2L), List.of(5L), List.of(2L, 3L), List.of(3L), true));
    assertThat(membership.members()).containsExactly(1, 2, 3, 5);
    assertThat(membership.isVoter(3)).isTrue();
    assertThat(membership.isVoter(5)).isFalse();
    assertThat(membership.isLearner(5)).isTrue();
    assertThat(membership.isLearner(3)).isFalse();
    assertThat(membership.contains(5)).isTrue();
    assertThat(membership.contains(4)).isFalse();
    assertThat(membership.isJoint()).isTrue();
    assertThat(Membership.of(THREE).isJoint()).isFalse();
  }

  @Test
  void contradictoryConfigurationsAreFoundOut() {
    assertInvalid(new ConfState(List.of(1L, 2L), List.of(2L), List.of(), List.of(), false));
    assertInvalid(new ConfState(List.of(1L), List.of(2L), List.of(1L, 2L), List.of(), false));
    assertInvalid(new ConfState(List.of(1L), List.of(), List.of(1L, 2L), List.of(3L), false));
    assertInvalid(new ConfState(List.of(1L), List.of(), List.of(1L, 2L), List.of(1L), false));
    assertInvalid(new ConfState(List.of(), List.of(), List.of(1L, 2L), List.of(), false));
    assertInvalid(new ConfState(List.of(1L), List.of(), List.of(), List.of(), true));
    assertInvalid(new ConfState(List.of(0L), List.of(), List.of(), List.of(), false));
    assertInvalid(new ConfState(List.of(1L), List.of(-1L), List.of(), List.of(), false));
  }

  private static void assertInvalid(ConfState confState) {
    assertThat(Membership.isValid(confState)).as("%s", confState).isFalse();
    assertThatThrownBy(() -> Membership.of(confState)).isInstanceOf(InvalidChangeException.class);
  }
}
