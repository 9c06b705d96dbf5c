package io.raftoral.simulation.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads EDN, the notation of Clojure's data (edn-format.org), as far as histories use it.
 *
 * <p>nil becomes null, maps and vectors become {@link Map} and {@link List} (lists and sets too), numbers {@link Long} or
 * {@link Double}, strings {@link String}; keywords and symbols become a {@link Name}. A tag is dropped and what it tags is
 * kept, so that {@code #jepsen.history.Op{…}} is a map.
 */
final class Edn {
  /** Deeper than this nothing sensible is nested. */
  static final int MAX_DEPTH = 64;

  /** A keyword, with its colon, or a symbol. */
  record Name(String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  private static final String ENDS_TOKEN = "()[]{}\";,";

  private final String text;
  private int at;
  private int depth;

  private Edn(String text) {
    this.text = text;
  }

  /**
   * All values of a text, one after the other.
   *
   * @throws IllegalArgumentException if it is not EDN; says in which line
   */
  static List<@Nullable Object> read(String text) {
    Edn reader = new Edn(text);
    List<@Nullable Object> values = new ArrayList<>();
    while (reader.skipToValue()) {
      values.add(reader.value());
    }
    return values;
  }

  /** Skips white space, comments and discarded values; false at the end. */
  private boolean skipToValue() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (Character.isWhitespace(c) || c == ',') {
        at++;
      } else if (c == ';') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (text.startsWith("#_", at)) {
        at += 2;
        if (!skipToValue()) {
          throw wrong("nothing to discard");
        }
        value();
      } else {
        return true;
      }
    }
    return false;
  }

  private @Nullable Object value() {
    if (++depth > MAX_DEPTH) {
      throw wrong("values are nested more than " + MAX_DEPTH + " deep");
    }
    try {
      char c = text.charAt(at);
      return switch (c) {
        case '{' -> map();
        case '[' -> sequence(']');
        case '(' -> sequence(')');
        case '"' -> string();
        case '#' -> tagged();
        case '}', ']', ')' -> throw wrong("'" + c + "' closes nothing");
        default -> token();
      };
    } finally {
      depth--;
    }
  }

  private List<@Nullable Object> sequence(char close) {
    at++;
    List<@Nullable Object> values = new ArrayList<>();
    while (true) {
      if (!skipToValue()) {
        throw wrong("'" + close + "' is missing");
      }
      if (text.charAt(at) == close) {
        at++;
        return values;
      }
      values.add(value());
    }
  }

  private Map<Object, @Nullable Object> map() {
    List<@Nullable Object> flat = sequence('}');
    if (flat.size() % 2 != 0) {
      throw wrong("a map has a key without a value");
    }
    Map<Object, @Nullable Object> map = new LinkedHashMap<>();
    for (int i = 0; i < flat.size(); i += 2) {
      map.put(String.valueOf(flat.get(i)), flat.get(i + 1));
    }
    return map;
  }

  private @Nullable Object tagged() {
    at++;
    if (at < text.length() && text.charAt(at) == '{') {
      return sequence('}');
    }
    tokenText();
    if (!skipToValue()) {
      throw wrong("a tag without a value");
    }
    return value();
  }

  private String string() {
    StringBuilder found = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return found.toString();
      }
      if (c == '\\' && at + 1 < text.length()) {
        at++;
        char escaped = text.charAt(at);
        found.append(escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped);
      } else {
        found.append(c);
      }
    }
    throw wrong("a string does not end");
  }

  private String tokenText() {
    int from = at;
    while (at < text.length() && !Character.isWhitespace(text.charAt(at)) && ENDS_TOKEN.indexOf(text.charAt(at)) < 0) {
      at++;
    }
    if (from == at) {
      throw wrong("a value is missing");
    }
    return text.substring(from, at);
  }

  private @Nullable Object token() {
    String token = tokenText();
    switch (token) {
      case "nil" -> {
        return null;
      }
      case "true", "false" -> {
        return Boolean.valueOf(token);
      }
      default -> {}
    }
    char first = token.charAt(0);
    boolean number = Character.isDigit(first) || ((first == '-' || first == '+') && token.length() > 1);
    if (!number) {
      return new Name(token);
    }
    String digits = token.endsWith("N") || token.endsWith("M") ? token.substring(0, token.length() - 1) : token;
    try {
      return Long.valueOf(digits);
    } catch (NumberFormatException noLong) {
      try {
        return Double.valueOf(digits);
      } catch (NumberFormatException noNumber) {
        return new Name(token);
      }
    }
  }

  private IllegalArgumentException wrong(String what) {
    long line = 1 + text.substring(0, Math.min(at, text.length())).chars().filter(c -> c == '\n').count();
    return new IllegalArgumentException("line " + line + ": " + what);
  }
}
