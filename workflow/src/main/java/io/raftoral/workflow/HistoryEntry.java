package io.raftoral.workflow;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One position of a run's journal.
 *
 * @param branch the path of the branch, empty for the main one: {@code position.child.} for each step
 * @param position within the branch, from 1
 * @param time the cluster's clock when it was applied
 * @param kind what was done
 * @param name of the variable, effect, computation, …; empty where there is none
 * @param value JSON, or the failure's text
 * @param term of the activation that computed it
 */
public record HistoryEntry(
    String branch, long position, Instant time, String kind, String name, String value, long term) {

  /** How much of a value is shown in {@link #text()}, in characters. */
  public static final int SHOWN_CHARS = 200;

  /** The entry in one line, for people. */
  public String text() {
    String shown = value.length() <= SHOWN_CHARS ? value : value.substring(0, SHOWN_CHARS) + "…";
    return branch + position + "  " + time.truncatedTo(ChronoUnit.MILLIS) + "  term " + term + "  " + kind
        + (name.isEmpty() ? "" : " " + name)
        + (shown.isEmpty() ? "" : " = " + shown.replaceAll("\\s+", " "));
  }
}
