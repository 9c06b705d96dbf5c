package io.raftoral.simulation.trace;

import io.raftoral.raft.message.Message;
import java.util.List;
import java.util.Locale;

/** Lines of a trace as text: the time, one column a node, and what happened under the node it happened on. */
public final class ColumnTrace {
  private static final int COLUMN = 34;

  private ColumnTrace() {}

  /** The lines under a heading. */
  public static String render(List<TraceLine> lines, int nodes) {
    StringBuilder text = new StringBuilder(String.format(Locale.ROOT, "%12s ", "ms"));
    for (int node = 1; node <= nodes; node++) {
      text.append(pad("node " + node));
    }
    text.append('\n');
    for (TraceLine line : lines) {
      text.append(line(line)).append('\n');
    }
    return text.toString();
  }

  /** One line. */
  public static String line(TraceLine line) {
    String time = String.format(Locale.ROOT, "%12.3f ", line.atNanos() / 1e6);
    String what = what(line);
    if (line.node() == 0) {
      return time + "---- " + what;
    }
    return time + " ".repeat(COLUMN * (line.node() - 1)) + what;
  }

  private static String what(TraceLine line) {
    Object subject = line.subject();
    String text = subject instanceof Message message ? Describe.message(message) : String.valueOf(subject);
    return switch (line.kind()) {
      case SEND -> "-> " + line.peer() + " " + text;
      case RECEIVE -> "<- " + line.peer() + " " + text;
      case DROP -> "x> " + line.peer() + " " + text;
      case ROLE -> "* " + text;
      case DURABLE -> "= disk " + text;
      case APPLY -> "= apply " + text;
      case SNAPSHOT -> "= snapshot " + text;
      case CLIENT -> "? " + text;
      case FAULT -> "!! " + text;
      case PROCESS -> "## " + text;
      case WORKFLOW -> "~ " + text;
      case VIOLATION -> "XX " + text;
    };
  }

  private static String pad(String text) {
    return text.length() >= COLUMN ? text + " " : text + " ".repeat(COLUMN - text.length());
  }
}
