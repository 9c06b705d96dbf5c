package io.raftoral.workflow.node;

import io.raftoral.raft.driver.RoleChange;
import io.raftoral.workflow.HistoryPage;
import io.raftoral.workflow.NodeStatus;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.RunFilter;
import io.raftoral.workflow.RunPage;
import io.raftoral.workflow.RunReplica;
import io.raftoral.workflow.client.Decision;
import io.raftoral.workflow.client.Request;
import io.raftoral.workflow.engine.RunEnd;
import io.raftoral.workflow.engine.StartedRun;
import io.raftoral.workflow.engine.state.Result;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * This node's replica of the workflow group, as requests see it: a seam, so that the serving of requests is tested
 * without a cluster. Futures may complete on any thread, also one that must not be blocked.
 */
interface Replica {

  /** Who leads, as far as this node knows. */
  RoleChange role();

  /** Starts a run here; fails with {@code NO_LEADER} if this node is not active. Reads the disk. */
  CompletableFuture<StartedRun> start(Request.Start start);

  /** Hands a value to a run; fails with {@code NO_LEADER} if this node is not active. */
  CompletableFuture<@Nullable Void> signal(Request.Signal signal);

  /** Asks a run to end, or ends it; fails likewise. */
  CompletableFuture<@Nullable Void> cancel(Request.Cancel cancel);

  /** Completes with the answer of an update. Reads the disk. Cancelling it stops the waiting. */
  CompletableFuture<Result> awaitUpdate(Request.AwaitUpdate update);

  /** Answers a query from what is applied here, null if there is no such run. Reads the disk. */
  byte @Nullable [] query(Request.Query query);

  /** Completes when the end of the run is applied here. Reads the disk. Cancelling it stops the waiting. */
  CompletableFuture<RunEnd> awaitEnd(String id);

  /** Completes when what is applied here is at least as new as everything that was acknowledged before this call. */
  CompletableFuture<@Nullable Void> readBarrier();

  /** A run as it is applied here, null if there is none. Reads the disk. */
  @Nullable RunDescription describe(String id);

  /** Whether a run of this id is applied here. Reads the disk. */
  boolean exists(String id);

  /** A page of a run's journal as it is applied here, null if there is none. Reads the disk. */
  @Nullable HistoryPage history(String id, String pageToken);

  /** What this node does about a run, after carrying out a decision about it. Reads the disk. */
  RunReplica replica(String id, Decision decision);

  /** A page of runs as they are applied here. Reads the disk. */
  RunPage list(RunFilter filter);

  /** This node's view of itself. */
  CompletableFuture<NodeStatus> status();
}
