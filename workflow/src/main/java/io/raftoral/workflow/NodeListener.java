package io.raftoral.workflow;

/** Told of what happens on a node. Called on the node's threads: must be quick and must not block. */
public interface NodeListener {
  /** Ignores everything. */
  NodeListener NONE = new NodeListener() {};

  /** From now on this node runs workflows actively, in {@code term}. */
  default void activated(String node, long term) {}

  /** This node no longer runs workflows actively; it did in {@code term}. */
  default void deactivated(String node, long term) {}

  /** A checkpoint, a start or an end of a run was committed and applied on this node. */
  default void checkpointApplied(String node, String workflowId, long position, long term) {}

  /** The replica of a run on this node cannot go on. */
  default void runBlocked(String node, String workflowId, String problem) {}

  /**
   * The thread of a run has neither asked the engine for anything nor returned for a while: it loops, or blocks on
   * something that is no side effect.
   *
   * @param problem of kind {@code STUCK}
   */
  default void runStuck(String node, String workflowId, RunProblem problem) {}

  /** The node stopped by itself, because going on would have been unsafe. */
  default void failed(String node, Throwable cause) {}
}
