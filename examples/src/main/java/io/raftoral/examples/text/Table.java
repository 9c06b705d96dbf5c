package io.raftoral.examples.text;

import java.util.ArrayList;
import java.util.List;

/**
 * A table in plain text that fits a given width: first its optional columns go, from the right, then what is left of its
 * elastic columns is cut.
 */
public final class Table {
  private static final String GAP = "  ";
  private static final int MIN_ELASTIC_WIDTH = 6;

  private final List<Column> columns;
  private final List<List<Cell>> rows = new ArrayList<>();

  /** How a column behaves when there is little room. */
  public enum Fit {
    /** Always shown in full. */
    FIXED,
    /** Shown, but may be cut. */
    ELASTIC,
    /** May be cut, or left out. */
    OPTIONAL
  }

  /** A column; numbers are aligned to the right. */
  public record Column(String title, Fit fit, boolean number) {
    /** Text that is always shown in full. */
    public static Column text(String title) {
      return new Column(title, Fit.FIXED, false);
    }

    /** A number that is always shown in full. */
    public static Column number(String title) {
      return new Column(title, Fit.FIXED, true);
    }
  }

  /** What stands in one row of one column. */
  public record Cell(String text, Tone tone) {
    /** An ordinary cell. */
    public static Cell of(Object value) {
      return new Cell(String.valueOf(value), Tone.PLAIN);
    }
  }

  /** A table without rows. */
  public Table(List<Column> columns) {
    this.columns = List.copyOf(columns);
  }

  /** Adds a row: one cell for each column. */
  public void row(List<Cell> cells) {
    if (cells.size() != columns.size()) {
      throw new IllegalArgumentException(cells.size() + " cells for " + columns.size() + " columns");
    }
    rows.add(cells.stream().map(cell -> new Cell(printable(cell.text()), cell.tone())).toList());
  }

  /** The lines of the table, none wider than {@code width} unless its fixed columns are. */
  public List<String> render(int width, boolean colour) {
    int[] widths = new int[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = DisplayWidth.of(columns.get(i).title());
      for (List<Cell> row : rows) {
        widths[i] = Math.max(widths[i], DisplayWidth.of(row.get(i).text()));
      }
    }
    fit(widths, width);
    List<String> lines = new ArrayList<>();
    lines.add(line(columns.stream().map(column -> new Cell(column.title(), Tone.STRONG)).toList(), widths, colour));
    for (List<Cell> row : rows) {
      lines.add(line(row, widths, colour));
    }
    return lines;
  }

  /** Makes columns narrower until they fit; a width of 0 hides a column. */
  private void fit(int[] widths, int width) {
    for (Fit fit : List.of(Fit.OPTIONAL, Fit.ELASTIC)) {
      for (int i = widths.length - 1; i >= 0; i--) {
        int excess = total(widths) - width;
        if (excess <= 0) {
          return;
        }
        if (columns.get(i).fit() == fit) {
          int least = Math.min(widths[i], Math.max(MIN_ELASTIC_WIDTH, DisplayWidth.of(columns.get(i).title())));
          int cut = Math.max(least, widths[i] - excess);
          boolean hide = fit == Fit.OPTIONAL && widths[i] - cut < excess;
          widths[i] = hide ? 0 : cut;
        }
      }
    }
  }

  private static int total(int[] widths) {
    int total = -GAP.length();
    for (int width : widths) {
      total += width == 0 ? 0 : width + GAP.length();
    }
    return total;
  }

  private String line(List<Cell> cells, int[] widths, boolean colour) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      if (widths[i] == 0) {
        continue;
      }
      String text = DisplayWidth.truncate(cells.get(i).text(), widths[i]);
      String padding = " ".repeat(widths[i] - DisplayWidth.of(text));
      String painted = cells.get(i).tone().paint(text, colour);
      line.append(line.isEmpty() ? "" : GAP).append(columns.get(i).number() ? padding + painted : painted + padding);
    }
    return line.toString().stripTrailing();
  }

  /** Control characters in data must not reach the terminal. */
  private static String printable(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints().forEach(c -> clean.appendCodePoint(Character.isISOControl(c) ? '·' : c));
    return clean.toString();
  }
}
