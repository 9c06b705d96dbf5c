package io.raftoral.raft.membership;

import io.raftoral.raft.membership.ConfChange.Change;
import io.raftoral.raft.membership.ConfChange.Transition;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Computes the configuration that a change leads to: pure functions from {@link ConfState} to {@link ConfState}.
 *
 * <p>A simple change moves at most one voter, so that any majority before it meets any majority after it. Everything
 * else goes through a joint configuration, in which a majority of both halves must agree:
 *
 * <pre>
 *   voters 1 2 3                enterJoint(ADD_VOTER 4, REMOVE 3, ADD_LEARNER 2)
 *   voters 1 4 &amp;&amp; 1 2 3, learnersNext 2               leaveJoint()
 *   voters 1 4, learners 2
 * </pre>
 *
 * <p>A voter that is demoted keeps voting in the outgoing half until the joint configuration is left, which is why it
 * waits in {@code learnersNext}: nobody may be voter and learner at once.
 */
public final class ConfChanger {

  private ConfChanger() {}

  /** A change that leads to no valid configuration. */
  public static final class InvalidChangeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    InvalidChangeException(String message) {
      super(message);
    }
  }

  /**
   * What {@code change} leads to, whichever kind it is.
   *
   * @throws InvalidChangeException if it leads nowhere from here
   */
  public static ConfState apply(ConfState from, ConfChange change) {
    return switch (kindOf(change)) {
      case LEAVE_JOINT -> leaveJoint(from);
      case SIMPLE -> simple(from, change.changes());
      case JOINT -> enterJoint(from, change.transition() != Transition.JOINT_EXPLICIT, change.changes());
    };
  }

  private enum ChangeKind {
    LEAVE_JOINT,
    SIMPLE,
    JOINT
  }

  private static ChangeKind kindOf(ConfChange change) {
    if (change.transition() != Transition.AUTO) {
      return ChangeKind.JOINT;
    }
    return switch (change.changes().size()) {
      case 0 -> ChangeKind.LEAVE_JOINT;
      case 1 -> ChangeKind.SIMPLE;
      default -> ChangeKind.JOINT;
    };
  }

  /** Whether {@code change} asks to leave a joint configuration. */
  public static boolean leavesJoint(ConfChange change) {
    return kindOf(change) == ChangeKind.LEAVE_JOINT;
  }

  /**
   * Carries out changes of which at most one touches the set of voters.
   *
   * @throws InvalidChangeException if more than one voter changes, none is left, or the configuration is joint
   */
  public static ConfState simple(ConfState from, List<Change> changes) {
    if (isJoint(from)) {
      throw new InvalidChangeException("a simple change is impossible in the joint configuration " + from);
    }
    Draft draft = new Draft(from);
    draft.apply(changes);
    SortedSet<Long> differing = new TreeSet<>(from.voters());
    differing.removeAll(draft.voters);
    for (long voter : draft.voters) {
      if (!from.voters().contains(voter)) {
        differing.add(voter);
      }
    }
    if (differing.size() > 1) {
      throw new InvalidChangeException(
          "more than one voter changes without a joint configuration: " + differing + " of " + from);
    }
    return draft.toConfState(false);
  }

  /**
   * Makes the present voters the outgoing half and carries out the changes on the incoming half.
   *
   * @throws InvalidChangeException if the configuration is joint already, or a half has no voter
   */
  public static ConfState enterJoint(ConfState from, boolean autoLeave, List<Change> changes) {
    if (isJoint(from)) {
      throw new InvalidChangeException("the configuration is joint already: " + from);
    }
    if (from.voters().isEmpty()) {
      throw new InvalidChangeException("a configuration without voters cannot be made joint: " + from);
    }
    Draft draft = new Draft(from);
    draft.outgoing.addAll(from.voters());
    draft.apply(changes);
    return draft.toConfState(autoLeave);
  }

  /**
   * Lets the incoming half rule alone.
   *
   * @throws InvalidChangeException if the configuration is not joint
   */
  public static ConfState leaveJoint(ConfState from) {
    if (!isJoint(from)) {
      throw new InvalidChangeException("there is no joint configuration to leave: " + from);
    }
    List<Long> learners = new ArrayList<>(from.learners());
    learners.addAll(from.learnersNext());
    return new ConfState(from.voters(), learners, List.of(), List.of(), false);
  }

  /** Whether two halves must agree. */
  public static boolean isJoint(ConfState confState) {
    return !confState.votersOutgoing().isEmpty();
  }

  /** A configuration in the making. */
  private static final class Draft {
    final SortedSet<Long> voters;
    final SortedSet<Long> learners;
    final SortedSet<Long> outgoing;
    final SortedSet<Long> learnersNext;

    Draft(ConfState from) {
      voters = new TreeSet<>(from.voters());
      learners = new TreeSet<>(from.learners());
      outgoing = new TreeSet<>(from.votersOutgoing());
      learnersNext = new TreeSet<>(from.learnersNext());
    }

    void apply(List<Change> changes) {
      for (Change change : changes) {
        long node = change.nodeId();
        if (node < 0) {
          throw new InvalidChangeException("node ids are positive: " + change);
        }
        if (node == 0) {
          continue; // Changes nobody: what is left of a change that whoever applies it has decided against.
        }
        switch (change.kind()) {
          case ADD_VOTER -> {
            remove(node);
            voters.add(node);
          }
          case ADD_LEARNER -> {
            remove(node);
            (outgoing.contains(node) ? learnersNext : learners).add(node);
          }
          case REMOVE -> remove(node);
        }
      }
      if (voters.isEmpty()) {
        throw new InvalidChangeException("the change leaves no voter: " + changes);
      }
    }

    private void remove(long node) {
      voters.remove(node);
      learners.remove(node);
      learnersNext.remove(node);
    }

    ConfState toConfState(boolean autoLeave) {
      return new ConfState(
          List.copyOf(voters),
          List.copyOf(learners),
          List.copyOf(outgoing),
          List.copyOf(learnersNext),
          autoLeave);
    }
  }
}
