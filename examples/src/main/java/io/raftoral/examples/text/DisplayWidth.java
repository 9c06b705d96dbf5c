package io.raftoral.examples.text;

import java.text.BreakIterator;
import java.util.Locale;

/**
 * How many columns of a terminal a text takes. Chinese, Japanese and Korean characters and most emoji take two, marks
 * that combine with the character before them none. The ranges are those of Unicode's East Asian Width (UAX 11), in
 * blocks rather than character by character: enough for names in a table.
 */
final class DisplayWidth {
  private static final int[][] WIDE = {
    {0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0x33FF}, {0x3400, 0x4DBF}, {0x4E00, 0x9FFF}, {0xA000, 0xA4CF},
    {0xA960, 0xA97F}, {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFE30, 0xFE6F}, {0xFF00, 0xFF60}, {0xFFE0, 0xFFE6},
    {0x1F300, 0x1F64F}, {0x1F680, 0x1F6FF}, {0x1F900, 0x1F9FF}, {0x20000, 0x3FFFD},
  };
  private static final int ZERO_WIDTH_JOINER = 0x200D;

  private DisplayWidth() {}

  /** The columns that {@code text} takes. */
  static int of(String text) {
    int width = 0;
    boolean joined = false;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      // What a joiner glues on is drawn inside the character before it.
      width += joined ? 0 : of(c);
      joined = c == ZERO_WIDTH_JOINER;
      i += Character.charCount(c);
    }
    return width;
  }

  /** {@code text}, cut to {@code columns} with an ellipsis if it is longer; never cut inside of a character. */
  static String truncate(String text, int columns) {
    if (of(text) <= columns) {
      return text;
    }
    if (columns < 1) {
      return "";
    }
    BreakIterator characters = BreakIterator.getCharacterInstance(Locale.ROOT);
    characters.setText(text);
    int end = 0;
    for (int next = characters.next(); next != BreakIterator.DONE; next = characters.next()) {
      if (of(text.substring(0, next)) > columns - 1) {
        break;
      }
      end = next;
    }
    return text.substring(0, end) + "…";
  }

  private static int of(int c) {
    if (c < 0x300) {
      return 1;
    }
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
      default -> isWide(c) ? 2 : 1;
    };
  }

  private static boolean isWide(int c) {
    for (int[] range : WIDE) {
      if (c >= range[0] && c <= range[1]) {
        return true;
      }
    }
    return false;
  }
}
