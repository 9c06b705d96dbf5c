package io.raftoral.simulation.trace;

import org.jspecify.annotations.Nullable;

/**
 * One thing that happened. The text is made only if somebody reads it.
 *
 * @param node where, 0 if on no node
 * @param peer the other node of a message, 0 if there is none
 * @param subject what it was about; its {@code toString} is shown
 */
public record TraceLine(long atNanos, Kind kind, int node, int peer, @Nullable Object subject) {

  /** What a line is about. */
  public enum Kind {
    SEND,
    RECEIVE,
    DROP,
    ROLE,
    DURABLE,
    APPLY,
    SNAPSHOT,
    CLIENT,
    FAULT,
    PROCESS,
    WORKFLOW,
    VIOLATION
  }
}
