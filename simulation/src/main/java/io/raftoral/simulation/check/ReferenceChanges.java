package io.raftoral.simulation.check;

import io.raftoral.raft.membership.ConfChange;
import io.raftoral.raft.membership.ConfState;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * What a committed membership change leads to (Raft paper, section 6; thesis, chapter 4), written down a second time and
 * as plainly as can be, so that a bug in the core's own is found: all nodes would make the same mistake.
 */
final class ReferenceChanges {
  private ReferenceChanges() {}

  static ConfState apply(ConfState from, ConfChange change) {
    boolean auto = change.transition() == ConfChange.Transition.AUTO;
    if (auto && change.changes().isEmpty()) {
      List<Long> learners = new ArrayList<>(from.learners());
      learners.addAll(from.learnersNext());
      return new ConfState(from.voters(), learners, List.of(), List.of(), false);
    }
    boolean joint = !auto || change.changes().size() > 1;
    TreeSet<Long> voters = new TreeSet<>(from.voters());
    TreeSet<Long> learners = new TreeSet<>(from.learners());
    TreeSet<Long> learnersNext = new TreeSet<>();
    for (ConfChange.Change one : change.changes()) {
      voters.remove(one.nodeId());
      learners.remove(one.nodeId());
      learnersNext.remove(one.nodeId());
      switch (one.kind()) {
        case ADD_VOTER -> voters.add(one.nodeId());
        case ADD_LEARNER -> {
          // Who still votes in the outgoing half cannot learn before that half is gone.
          boolean stillVotes = joint && from.voters().contains(one.nodeId());
          (stillVotes ? learnersNext : learners).add(one.nodeId());
        }
        case REMOVE -> {}
      }
    }
    return new ConfState(
        List.copyOf(voters),
        List.copyOf(learners),
        joint ? from.voters() : List.of(),
        List.copyOf(learnersNext),
        joint && change.transition() != ConfChange.Transition.JOINT_EXPLICIT);
  }
}
