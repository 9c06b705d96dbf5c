package io.raftoral.workflow;

import org.jspecify.annotations.Nullable;

/**
 * A run as one node has it.
 *
 * @param problem what keeps it from going on there, null if nothing does
 */
public record RunReplica(String node, State state, @Nullable RunProblem problem) {

  /** What a node does about a run. */
  public enum State {
    /** The node did not answer in time. */
    UNREACHABLE,
    /** The node has not heard of the run. */
    UNKNOWN,
    /** It runs there actively. */
    ACTIVE,
    /** It follows what the active node does. */
    SHADOW,
    /** Its journal is kept, and its code does not run: its type stands by cold, or an operator said so. */
    COLD,
    /** It waits for long, and has no thread on any node. */
    ASLEEP,
    /** It cannot go on there. */
    BLOCKED,
    /** It is over. */
    ENDED
  }
}
