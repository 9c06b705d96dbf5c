package io.raftoral.benchmarks.load;

import java.util.ArrayList;
import java.util.List;

/** A table in plain text, numbers to the right, printed row by row so that a long run shows how far it is. */
public final class TextTable {
  private final List<String> headings;
  private final int[] widths;

  /** A table whose columns are at least as wide as {@code headings} and {@code minWidth}. */
  public TextTable(int minWidth, String... headings) {
    this.headings = List.of(headings);
    widths = new int[headings.length];
    for (int i = 0; i < headings.length; i++) {
      widths[i] = Math.max(minWidth, headings[i].length());
    }
  }

  /** The headings. */
  public String header() {
    return row(headings.toArray(String[]::new));
  }

  /** One row; as many cells as there are headings. */
  public String row(String... cells) {
    if (cells.length != widths.length) {
      throw new IllegalArgumentException(cells.length + " cells for " + widths.length + " columns");
    }
    List<String> padded = new ArrayList<>();
    for (int i = 0; i < cells.length; i++) {
      padded.add(" ".repeat(Math.max(0, widths[i] - cells[i].length())) + cells[i]);
    }
    return String.join("  ", padded);
  }
}
