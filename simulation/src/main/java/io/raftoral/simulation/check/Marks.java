package io.raftoral.simulation.check;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;

/** How often each rare path was taken. */
public final class Marks {
  private final EnumMap<Mark, Long> counts = new EnumMap<>(Mark.class);

  /** It was taken. */
  public void hit(Mark mark) {
    counts.merge(mark, 1L, Long::sum);
  }

  /** How often it was taken. */
  public long count(Mark mark) {
    return counts.getOrDefault(mark, 0L);
  }

  /** Adds the counts of another run. */
  public void add(Marks that) {
    that.counts.forEach((mark, count) -> counts.merge(mark, count, Long::sum));
  }

  /** Those of {@code wanted} that were never taken. */
  public List<Mark> missing(List<Mark> wanted) {
    List<Mark> missing = new ArrayList<>();
    for (Mark mark : wanted) {
      if (count(mark) == 0) {
        missing.add(mark);
      }
    }
    return missing;
  }
}
