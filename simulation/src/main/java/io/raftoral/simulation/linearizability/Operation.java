package io.raftoral.simulation.linearizability;

import org.jspecify.annotations.Nullable;

/**
 * One call of a client.
 *
 * @param process who called; a process has one call at a time, and none after one whose answer it never saw
 * @param output the answer, null if it never came: the call may have taken effect at any time after it was made, or not
 *     at all
 * @param callNanos when it was made
 * @param returnNanos when it was answered; ignored without an answer
 */
public record Operation<I, O>(
    int process, I input, @Nullable O output, long callNanos, long returnNanos) {

  /** Checks the order of the times. */
  public Operation {
    if (output != null && returnNanos < callNanos) {
      throw new IllegalArgumentException("operation returns before it is called: " + callNanos + " > " + returnNanos);
    }
  }

  /** Whether the answer never came. */
  public boolean pending() {
    return output == null;
  }
}
