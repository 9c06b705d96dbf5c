package io.raftoral.examples.text;

import java.io.PrintWriter;
import java.util.Map;

/**
 * Where a command writes for a person.
 *
 * @param out results
 * @param err complaints
 * @param interactive whether lines may be overwritten to show progress
 * @param colour whether colours are understood and wanted
 * @param width in columns
 */
public record Screen(PrintWriter out, PrintWriter err, boolean interactive, boolean colour, int width) {
  /** The width of what is not a terminal, and of terminals that do not tell. */
  public static final int DEFAULT_WIDTH = 100;

  private static final int MIN_WIDTH = 40;
  private static final int MAX_WIDTH = 160;

  /**
   * The screen of this process.
   *
   * @param columns of the terminal as the launcher found them, empty if output does not go to a terminal
   * @param environment {@code NO_COLOR} and {@code TERM=dumb} switch colours off; {@code COLUMNS} is the width where
   *     there is no terminal
   */
  public static Screen of(PrintWriter out, PrintWriter err, String columns, Map<String, String> environment) {
    boolean terminal = !columns.isEmpty();
    boolean dumb = "dumb".equals(environment.get("TERM"));
    boolean colour = terminal && !dumb && environment.getOrDefault("NO_COLOR", "").isEmpty();
    int width = width(terminal ? columns : environment.getOrDefault("COLUMNS", ""));
    return new Screen(out, err, terminal && !dumb, colour, width);
  }

  /** Without colours and progress; for tests. */
  public static Screen plain(PrintWriter out, PrintWriter err) {
    return new Screen(out, err, false, false, DEFAULT_WIDTH);
  }

  /** Writes a line. */
  public void line(String text) {
    out.println(text);
    out.flush();
  }

  /** Writes a line of one tone. */
  public void line(String text, Tone tone) {
    line(tone.paint(text, colour));
  }

  /** Writes a table. */
  public void table(Table table) {
    table.render(width, colour).forEach(out::println);
    out.flush();
  }

  private static int width(String columns) {
    if (!columns.matches("[1-9][0-9]{0,4}")) {
      return DEFAULT_WIDTH;
    }
    return Math.clamp(Integer.parseInt(columns), MIN_WIDTH, MAX_WIDTH);
  }
}
