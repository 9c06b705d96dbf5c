package io.raftoral.workflow.engine.run;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * In which order the outcomes of all branches of one incarnation were produced, as far as the rule Output commit needs
 * to know: the oldest one that is not confirmed, and who waits for all before a moment. Guarded by the run's lock.
 */
final class CommitOrder {
  /** Stands for "nothing". */
  static final long NONE = 0;

  private long last = NONE;

  /** Branches with unconfirmed outcomes, by the number of the oldest. */
  private final TreeMap<Long, Lane> unsettled = new TreeMap<>();

  /** Who waits, by the number of the moment. */
  private final TreeMap<Long, Lane> waiting = new TreeMap<>();

  /** The number of this moment; unique. */
  long next() {
    return ++last;
  }

  /** The oldest unconfirmed outcome of {@code lane} is no longer {@code before}, but {@code now}. */
  void changed(Lane lane, long before, long now) {
    if (before != NONE) {
      unsettled.remove(before);
    }
    if (now != NONE) {
      unsettled.put(now, lane);
    }
  }

  /** Whether every outcome is confirmed that was produced before {@code moment}. */
  boolean committedBefore(long moment) {
    return unsettled.isEmpty() || unsettled.firstKey() > moment;
  }

  /** Whether nothing is unconfirmed. */
  boolean settled() {
    return unsettled.isEmpty();
  }

  /** {@code lane} waits until everything before {@code moment} is confirmed. */
  void await(long moment, Lane lane) {
    waiting.put(moment, lane);
  }

  /** Those who need not wait any more. */
  List<Lane> released() {
    if (waiting.isEmpty()) {
      return List.of();
    }
    List<Lane> released = new ArrayList<>();
    while (!waiting.isEmpty() && committedBefore(waiting.firstKey())) {
      released.add(waiting.pollFirstEntry().getValue());
    }
    return released;
  }
}
