package io.raftoral.examples.text;

/** What a piece of text means; a terminal with colours shows it. */
public enum Tone {
  PLAIN(""),
  GOOD("\033[32m"),
  BAD("\033[1;31m"),
  FAINT("\033[2m"),
  STRONG("\033[1m");

  private static final String RESET = "\033[0m";

  private final String sequence;

  Tone(String sequence) {
    this.sequence = sequence;
  }

  /** {@code text} in this tone, or as it is where there are no colours. */
  public String paint(String text, boolean colour) {
    return colour && !sequence.isEmpty() && !text.isEmpty() ? sequence + text + RESET : text;
  }
}
