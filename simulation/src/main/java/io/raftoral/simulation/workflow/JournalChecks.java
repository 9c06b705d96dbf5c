package io.raftoral.simulation.workflow;

import io.raftoral.simulation.check.Invariant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** I9 as far as it concerns journals: the same on every node, without gaps, and never written over. */
final class JournalChecks {
  /** Tells about a violation. */
  interface Report {
    void violated(Invariant invariant, int node, String expected, String actual);
  }

  private final Report report;
  private final Map<StateKey, Long> records = new HashMap<>();
  private final Map<StateKey, Long> last = new HashMap<>();
  private final Map<Long, Long> lastOnMain = new HashMap<>();

  JournalChecks(Report report) {
    this.report = report;
  }

  /** How many records there are in all journals. */
  long records() {
    return records.size();
  }

  /** The last position of a run's main branch, 0 if there is none. */
  long lastPosition(long run) {
    return lastOnMain.getOrDefault(run, 0L);
  }

  /** A node has written a record. */
  void written(int node, StateKey key, byte @Nullable [] before, byte[] value) {
    long run = key.run();
    long position = key.position();
    if (before != null) {
      report.violated(Invariant.I9_JOURNAL, node,
          "a position of a journal to be written once",
          "position " + position + " of run " + run + " is written again");
    }
    long hash = Hashes.of(position, value);
    Long known = records.putIfAbsent(key, hash);
    if (known != null) {
      if (known != hash) {
        report.violated(Invariant.I9_JOURNAL, node,
            "position " + position + " of run " + run + " as the first node has written it", "another outcome");
      }
      return;
    }
    StateKey branch = key.branch();
    long previous = last.getOrDefault(branch, 0L);
    last.put(branch, position);
    if (previous != position - 1) {
      report.violated(Invariant.I9_JOURNAL, node,
          "position " + (previous + 1) + " of run " + run + " next", "position " + position);
    }
    if (key.isMain()) {
      lastOnMain.put(run, position);
    }
  }
}
