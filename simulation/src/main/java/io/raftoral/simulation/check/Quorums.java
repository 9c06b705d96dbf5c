package io.raftoral.simulation.check;

import io.raftoral.raft.membership.ConfState;
import java.util.List;
import java.util.function.LongPredicate;

/** Quorums, written down a second time and as plainly as can be, so that a bug in the core's own is found. */
final class Quorums {
  private Quorums() {}

  /** Whether those who satisfy {@code test} are a majority of each half of the configuration. */
  static boolean reached(ConfState configuration, LongPredicate test) {
    return majority(configuration.voters(), test)
        && (configuration.votersOutgoing().isEmpty() || majority(configuration.votersOutgoing(), test));
  }

  private static boolean majority(List<Long> voters, LongPredicate test) {
    int count = 0;
    for (long voter : voters) {
      count += test.test(voter) ? 1 : 0;
    }
    return 2 * count > voters.size();
  }
}
