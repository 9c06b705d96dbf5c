package io.raftoral.raft.membership;

import io.raftoral.raft.quorum.JointQuorum;
import io.raftoral.raft.quorum.MajorityQuorum;
import java.util.Arrays;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** A {@link ConfState}, prepared for the questions that the core asks of it all the time. Immutable. */
public final class Membership {
  private final ConfState confState;
  private final JointQuorum voters;
  private final long[] members;

  /**
   * Prepares {@code confState}, which may come from a snapshot that a peer sent.
   *
   * @throws ConfChanger.InvalidChangeException if a node is voter and learner at once, or learns next without voting
   *     now
   */
  public static Membership of(ConfState confState) {
    Membership membership = new Membership(confState);
    if (!membership.isConsistent()) {
      throw new ConfChanger.InvalidChangeException("not a valid configuration: " + confState);
    }
    return membership;
  }

  /** Whether {@code confState} is one that a correct node could have. */
  public static boolean isValid(ConfState confState) {
    return new Membership(confState).isConsistent();
  }

  private Membership(ConfState confState) {
    this.confState = confState;
    this.voters =
        new JointQuorum(
            MajorityQuorum.of(confState.voters()), MajorityQuorum.of(confState.votersOutgoing()));
    this.members =
        Stream.of(confState.voters(), confState.votersOutgoing(), confState.learners())
            .flatMap(ids -> ids.stream())
            .mapToLong(Long::longValue)
            .sorted()
            .distinct()
            .toArray();
  }

  private boolean isConsistent() {
    boolean learnersApart = confState.learners().stream().noneMatch(voters::contains);
    boolean nextVoteNow =
        confState.learnersNext().stream()
            .allMatch(id -> voters.outgoing().contains(id) && !voters.incoming().contains(id));
    boolean positive = LongStream.of(members).allMatch(id -> id > 0);
    boolean jointComplete = voters.outgoing().size() == 0 || voters.incoming().size() > 0;
    boolean autoLeaveJoint = !confState.autoLeave() || voters.outgoing().size() > 0;
    return learnersApart && nextVoteNow && positive && jointComplete && autoLeaveJoint;
  }

  /** The configuration itself. */
  public ConfState confState() {
    return confState;
  }

  /** Who decides. */
  public JointQuorum voters() {
    return voters;
  }

  /** Whether {@code node} votes, in either half. */
  public boolean isVoter(long node) {
    return voters.contains(node);
  }

  /** Whether {@code node} only learns. */
  public boolean isLearner(long node) {
    return confState.learners().contains(node);
  }

  /** Whether {@code node} receives the log. */
  public boolean contains(long node) {
    return Arrays.binarySearch(members, node) >= 0;
  }

  /** Everybody who receives the log, ascending; a copy. */
  public long[] members() {
    return members.clone();
  }

  /** Whether a joint change is under way. */
  public boolean isJoint() {
    return ConfChanger.isJoint(confState);
  }
}
