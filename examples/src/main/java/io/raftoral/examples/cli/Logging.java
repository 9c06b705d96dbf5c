package io.raftoral.examples.cli;

import java.nio.file.Path;

/**
 * Where log lines go. To be called before anything logs: SLF4J's simple provider reads its settings once.
 * {@code simplelogger.properties} has the others.
 */
public final class Logging {
  private static final String PREFIX = "org.slf4j.simpleLogger.";

  private Logging() {}

  /** Errors only: for commands that answer a question. */
  public static void quiet() {
    setUnlessSet("defaultLogLevel", "error");
  }

  /** Everything into a file: for the demo, whose screen has better use. */
  public static void toFile(Path file) {
    setUnlessSet("logFile", file.toString());
  }

  private static void setUnlessSet(String key, String value) {
    if (System.getProperty(PREFIX + key) == null) {
      System.setProperty(PREFIX + key, value);
    }
  }
}
