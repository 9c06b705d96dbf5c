package io.raftoral.simulation.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;

/** Durations as people write them. */
final class Durations {
  private Durations() {}

  /** Reads {@code 90s}, {@code 10m} or {@code 2h}. */
  static Duration parse(String text) {
    try {
      Duration duration = Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
      if (duration.isNegative() || duration.isZero()) {
        throw new IllegalArgumentException("a time limit must be positive, but is " + text);
      }
      return duration;
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("a time limit is written as 90s, 10m or 2h, but is '" + text + "'", e);
    }
  }
}
