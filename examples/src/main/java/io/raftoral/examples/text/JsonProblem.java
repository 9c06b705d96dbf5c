package io.raftoral.examples.text;

import tools.jackson.core.JacksonException;

/** What is wrong with a piece of JSON, in words for a person. */
public final class JsonProblem {
  /** Where the parser's message turns to what only its programmer understands. */
  private static final String INTERNALS = " (start marker at [Source";

  private JsonProblem() {}

  /** The parser's message: its first line, without its internals. */
  public static String of(JacksonException problem) {
    String message = problem.getOriginalMessage();
    return upTo(INTERNALS, upTo("\n", message));
  }

  private static String upTo(String end, String text) {
    int at = text.indexOf(end);
    return at < 0 ? text : text.substring(0, at);
  }
}
