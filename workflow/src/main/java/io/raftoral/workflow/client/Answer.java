package io.raftoral.workflow.client;

import io.raftoral.workflow.ClusterStatus;
import io.raftoral.workflow.HistoryPage;
import io.raftoral.workflow.NodeStatus;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.RunPage;
import io.raftoral.workflow.RunReplica;
import io.raftoral.workflow.RunStatus;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a node answers. */
public sealed interface Answer {

  /** The request was not carried out, or nobody knows: {@link Refusal#OUTCOME_UNKNOWN}. */
  record Refused(Refusal refusal, String message) implements Answer {}

  /** The start is committed, now or earlier. */
  record Started(long run) implements Answer {}

  /**
   * The run has completed.
   *
   * @param resultJson not to be changed
   */
  record Completed(byte[] resultJson) implements Answer {}

  /** The run has ended in another way; or, without a status, an update has. */
  record Failed(@Nullable RunStatus status, String failureType, String failureMessage) implements Answer {}

  /** The request was applied. */
  record Accepted() implements Answer {}

  /**
   * A query or an update was answered.
   *
   * @param json not to be changed
   */
  record Answered(byte[] json) implements Answer {}

  /** The run had not ended when the caller's time was over. */
  record StillRunning() implements Answer {}

  /** Answers {@link Request.Describe}. */
  record Described(RunDescription description) implements Answer {}

  /** Answers {@link Request.ListRuns}. */
  record Listed(RunPage page) implements Answer {}

  /** Answers {@link Request.History}. */
  record Told(HistoryPage page) implements Answer {}

  /** Answers {@link Request.Replicas}: by one node for itself if it was forwarded, otherwise by all. */
  record Replicas(List<RunReplica> replicas) implements Answer {}

  /** Answers {@link Request.AskCluster}. */
  record Cluster(ClusterStatus status) implements Answer {}

  /** Answers {@link Request.AskNode}. */
  record Node(NodeStatus status) implements Answer {}
}
