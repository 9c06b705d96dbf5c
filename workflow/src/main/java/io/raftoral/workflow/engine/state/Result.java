package io.raftoral.workflow.engine.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What came of an operation that can fail. */
public sealed interface Result {

  /** Nobody can tell. */
  Unknown UNKNOWN = new Unknown();

  /**
   * It returned.
   *
   * @param json owned by the record
   */
  record Value(byte[] json) implements Result {
    @Override
    public boolean equals(Object other) {
      return other instanceof Value that && Arrays.equals(json, that.json);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(json);
    }
  }

  /**
   * It threw. Types are kept by name, so that every replica sees the same.
   *
   * @param message empty if there was none
   * @param supertypes names of superclasses, nearest first
   */
  record Failure(String type, String message, List<String> supertypes) implements Result {
    /** Longest message that is kept, in characters. */
    public static final int MAX_MESSAGE = 4_000;

    /** Copies the list. */
    public Failure {
      supertypes = List.copyOf(supertypes);
    }

    /** Describes what was thrown. */
    public static Failure of(Throwable thrown) {
      List<String> supertypes = new ArrayList<>();
      for (Class<?> type = thrown.getClass().getSuperclass();
          type != null && type != Throwable.class;
          type = type.getSuperclass()) {
        supertypes.add(type.getName());
      }
      String message = message(thrown);
      if (message.length() > MAX_MESSAGE) {
        message = message.substring(0, MAX_MESSAGE) + "…";
      }
      return new Failure(thrown.getClass().getName(), message, supertypes);
    }

    /** An exception's own code says what its message is, and may fail as well. */
    private static String message(Throwable thrown) {
      try {
        String message = thrown.getMessage();
        return message == null ? "" : message;
      } catch (RuntimeException | Error failed) {
        return "(its message cannot be had: " + failed.getClass().getName() + ")";
      }
    }

    /** Whether it is an exception of the class of this name or of a subclass. */
    public boolean isA(String className) {
      return type.equals(className) || supertypes.contains(className);
    }
  }

  /** It was begun, and nobody can tell how it ended. */
  record Unknown() implements Result {}
}
