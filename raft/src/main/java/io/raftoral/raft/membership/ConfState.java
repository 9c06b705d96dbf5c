package io.raftoral.raft.membership;

import java.util.List;

/**
 * A configuration as it is stored and sent: who votes, who learns, and whether a joint change is under way.
 *
 * <p>All lists are sorted ascending and hold no duplicates.
 *
 * @param voters the voters; in a joint configuration those of the incoming half
 * @param learners members that receive the log but do not vote
 * @param votersOutgoing voters of the outgoing half; empty unless the configuration is joint
 * @param learnersNext voters of the outgoing half that become learners when the joint configuration is left
 * @param autoLeave whether the leader leaves the joint configuration by itself
 */
public record ConfState(
    List<Long> voters,
    List<Long> learners,
    List<Long> votersOutgoing,
    List<Long> learnersNext,
    boolean autoLeave) {

  /** Nobody. */
  public static final ConfState EMPTY = new ConfState(List.of(), List.of(), List.of(), List.of(), false);

  /** Copies and sorts the lists. */
  public ConfState {
    voters = sorted(voters);
    learners = sorted(learners);
    votersOutgoing = sorted(votersOutgoing);
    learnersNext = sorted(learnersNext);
  }

  /** A configuration of voters alone. */
  public static ConfState ofVoters(List<Long> voters) {
    return new ConfState(voters, List.of(), List.of(), List.of(), false);
  }

  private static List<Long> sorted(List<Long> ids) {
    return ids.stream().sorted().distinct().toList();
  }
}
