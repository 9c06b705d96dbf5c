package io.raftoral.simulation.cli;

import io.raftoral.simulation.check.Invariant;

/** What the command's exit code says. */
final class ExitCodes {
  static final int OK = 0;
  static final int SAFETY = 1;
  static final int LIVENESS = 2;
  static final int CRASH = 3;
  static final int NON_DETERMINISM = 4;
  static final int USAGE = 5;

  private ExitCodes() {}

  static int of(Invariant invariant) {
    return switch (invariant.kind()) {
      case SAFETY -> SAFETY;
      case LIVENESS -> LIVENESS;
      case CRASH -> CRASH;
      case NON_DETERMINISM -> NON_DETERMINISM;
    };
  }
}
