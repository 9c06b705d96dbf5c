package io.raftoral.workflow.weave;

import io.raftoral.workflow.ConfigurationException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as annotations write them: a number with a unit, or ISO 8601. */
final class Durations {
  private static final Pattern SHORT = Pattern.compile("(\\d{1,9})\\s*(ms|s|m|h|d)");

  private Durations() {}

  /**
   * Reads one.
   *
   * @param where says in errors whose it is
   */
  static Duration parse(String where, String text) {
    Matcher matcher = SHORT.matcher(text.strip());
    try {
      if (!matcher.matches()) {
        return Duration.parse(text.strip());
      }
    } catch (DateTimeParseException e) {
      throw new ConfigurationException(
          where + ": \"" + text + "\" is no duration; write a number and a unit (500ms, 10s, 2m, 1h, 7d), or PT10S", e);
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      default -> Duration.ofDays(number);
    };
  }
}
