package io.raftoral.simulation.cli;

/**
 * A range of seeds, both ends included.
 *
 * @param first not negative
 */
record SeedRange(long first, long last) {

  /** Reads {@code 7} or {@code 1..10000}. */
  static SeedRange parse(String text) {
    int dots = text.indexOf("..");
    try {
      long first = Long.parseLong(dots < 0 ? text : text.substring(0, dots));
      long last = dots < 0 ? first : Long.parseLong(text.substring(dots + 2));
      if (first < 0 || last < first) {
        throw new IllegalArgumentException("seeds must go upwards from 0, but are " + text);
      }
      return new SeedRange(first, last);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("seeds are one number or a range such as 1..10000, but are '" + text + "'", e);
    }
  }

  long count() {
    return last - first + 1;
  }
}
