package io.raftoral.raft.membership;

import java.util.List;

/**
 * A wished change of the configuration (Raft thesis, chapter 4; joint consensus, paper section 6).
 *
 * @param transition how to get there when more than one voter changes
 * @param changes what to change; empty asks to leave a joint configuration
 */
public record ConfChange(Transition transition, List<Change> changes) {

  /** Copies the list. */
  public ConfChange {
    changes = List.copyOf(changes);
  }

  /** What happens to one member. */
  public enum Kind {
    ADD_VOTER,
    ADD_LEARNER,
    REMOVE
  }

  /** How a change passes through a joint configuration. */
  public enum Transition {
    /** A simple change if there is but one, else {@link #JOINT_IMPLICIT}. */
    AUTO,
    /** Through a joint configuration that the leader leaves by itself. */
    JOINT_IMPLICIT,
    /** Through a joint configuration that stays until somebody asks to leave it. */
    JOINT_EXPLICIT
  }

  /**
   * One member's change.
   *
   * @param nodeId positive; 0 names nobody and makes this change one that changes nothing
   */
  public record Change(Kind kind, long nodeId) {}

  /** A change of one member. */
  public static ConfChange simple(Kind kind, long nodeId) {
    return new ConfChange(Transition.AUTO, List.of(new Change(kind, nodeId)));
  }

  /** Asks to leave a joint configuration. */
  public static ConfChange leaveJoint() {
    return new ConfChange(Transition.AUTO, List.of());
  }

  /** What this change counts against size limits, in bytes. */
  public int sizeBytes() {
    return 2 + 9 * changes.size();
  }
}
