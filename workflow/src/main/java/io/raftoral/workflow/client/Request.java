package io.raftoral.workflow.client;

import io.raftoral.workflow.RunFilter;

/** What can be asked of a node. All of it may be asked again: a start is idempotent by its workflow id. */
public sealed interface Request {

  /**
   * Starts a run, or finds the one that has this id. Only the leader can.
   *
   * @param version 0 for the newest one
   * @param inputJson not to be changed
   */
  record Start(String type, int version, String workflowId, byte[] inputJson) implements Request {}

  /** Waits for the end of a run, as long as the caller does. */
  record AwaitEnd(String workflowId) implements Request {}

  /** Describes a run, at least as new as everything acknowledged before. */
  record Describe(String workflowId) implements Request {}

  /** Lists runs, at least as new as everything acknowledged before. */
  record ListRuns(RunFilter filter) implements Request {}

  /** A page of a run's journal, at least as new as everything acknowledged before. */
  record History(String workflowId, String pageToken) implements Request {}

  /**
   * What nodes do about a run: the asked one asks the others. First {@code decision} is carried out, wherever the run
   * cannot go on; that may be done twice.
   */
  record Replicas(String workflowId, Decision decision) implements Request {}

  /** Every node's view of itself. */
  record AskCluster() implements Request {}

  /** The asked node's view of itself. */
  record AskNode() implements Request {}
}
