package io.raftoral.raft.role;

import java.util.random.RandomGenerator;

/**
 * Counts ticks since a leader was heard of, or since a leader last looked for its quorum. The patience of a node is
 * drawn anew with every change of role, from {@code electionTicks} up to twice as much, so that candidates seldom
 * meet (Raft paper, section 5.2).
 */
final class ElectionTimer {
  private final int electionTicks;
  private final RandomGenerator random;
  private int elapsed;
  private int patience;
  private int fixedPatience;

  ElectionTimer(int electionTicks, RandomGenerator random) {
    this.electionTicks = electionTicks;
    this.random = random;
    reset();
  }

  /** Starts counting with a new patience. */
  void reset() {
    elapsed = 0;
    patience = fixedPatience > 0 ? fixedPatience : electionTicks + random.nextInt(electionTicks);
  }

  /** Starts counting with the old patience. */
  void restart() {
    elapsed = 0;
  }

  void tick() {
    elapsed++;
  }

  /** Whether the present patience is exhausted. */
  boolean expired() {
    return elapsed >= patience;
  }

  /** Whether the least patience that any node may have is exhausted. */
  boolean reachedElectionTicks() {
    return elapsed >= electionTicks;
  }

  /** From now on patience is not random; for tests. */
  void fix(int ticks) {
    fixedPatience = ticks;
    patience = ticks;
  }
}
