package io.raftoral.workflow.node;

import io.raftoral.raft.RoleName;
import io.raftoral.raft.Status;
import io.raftoral.raft.driver.Group;
import io.raftoral.raft.driver.ReadListener;
import io.raftoral.raft.driver.RoleChange;
import io.raftoral.workflow.HistoryPage;
import io.raftoral.workflow.NodeStatus;
import io.raftoral.workflow.RefusedException;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.RunFilter;
import io.raftoral.workflow.RunPage;
import io.raftoral.workflow.RunReplica;
import io.raftoral.workflow.client.Decision;
import io.raftoral.workflow.client.Request;
import io.raftoral.workflow.engine.EngineStatus;
import io.raftoral.workflow.engine.RunEnd;
import io.raftoral.workflow.engine.StartedRun;
import io.raftoral.workflow.engine.StateDigest;
import io.raftoral.workflow.engine.WorkflowEngine;
import io.raftoral.workflow.engine.state.Result;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The replica of production: the engine and its Raft group. */
final class EngineReplica implements Replica {
  private final WorkflowEngine engine;
  private final Group group;
  private final RoleWatch roles;
  private final Members members;
  private final Executor workers;

  /**
   * Joins what belongs together.
   *
   * @param workers for what reads the disk
   */
  EngineReplica(WorkflowEngine engine, Group group, RoleWatch roles, Members members, Executor workers) {
    this.engine = engine;
    this.group = group;
    this.roles = roles;
    this.members = members;
    this.workers = workers;
  }

  @Override
  public RoleChange role() {
    return roles.role();
  }

  @Override
  public CompletableFuture<StartedRun> start(Request.Start start) {
    return engine.start(
        start.type(), start.version(), start.workflowId(), start.inputJson(), start.timeoutMs());
  }

  @Override
  public CompletableFuture<@Nullable Void> signal(Request.Signal signal) {
    return engine.signal(signal.workflowId(), signal.requestId(), signal.name(), signal.json(), signal.update());
  }

  @Override
  public CompletableFuture<@Nullable Void> cancel(Request.Cancel cancel) {
    return engine.cancel(cancel.workflowId(), cancel.requestId(), cancel.reason(), cancel.terminate());
  }

  @Override
  public CompletableFuture<Result> awaitUpdate(Request.AwaitUpdate update) {
    return engine.awaitUpdate(update.workflowId(), update.requestId());
  }

  @Override
  public byte @Nullable [] query(Request.Query query) {
    return engine.query(query.workflowId(), query.name(), query.argumentJson());
  }

  @Override
  public CompletableFuture<RunEnd> awaitEnd(String id) {
    return engine.awaitEnd(id);
  }

  @Override
  public CompletableFuture<@Nullable Void> readBarrier() {
    CompletableFuture<Long> index = new CompletableFuture<>();
    group.read(
        new ReadListener() {
          @Override
          public void confirmed(long confirmed) {
            index.complete(confirmed);
          }

          @Override
          public void failed() {
            index.completeExceptionally(
                new RefusedException(RefusedException.Code.NO_LEADER, "no leader confirmed a read in time"));
          }
        });
    return index.thenCompose(engine::whenApplied);
  }

  @Override
  public @Nullable RunDescription describe(String id) {
    return engine.describe(id);
  }

  @Override
  public boolean exists(String id) {
    return engine.exists(id);
  }

  @Override
  public @Nullable HistoryPage history(String id, String pageToken) {
    return engine.history(id, pageToken);
  }

  @Override
  public RunReplica replica(String id, Decision decision) {
    return switch (decision) {
      case NONE -> engine.replica(id);
      case RETRY -> engine.decide(id, true);
      case SKIP -> engine.decide(id, false);
    };
  }

  @Override
  public RunPage list(RunFilter filter) {
    return engine.list(filter);
  }

  @Override
  public CompletableFuture<NodeStatus> status() {
    CompletableFuture<Status> raft = new CompletableFuture<>();
    group.status(raft::complete);
    return raft.thenApplyAsync(status -> status(status, engine.status(), engine.stateDigest()), workers);
  }

  private NodeStatus status(Status raft, EngineStatus engineStatus, StateDigest digest) {
    Members.Member self = members.self();
    return new NodeStatus(
        self.name(),
        self.address().toString(),
        true,
        name(raft.role()),
        raft.term(),
        members.nameOf(raft.leader()),
        engineStatus.active(),
        raft.commit(),
        engineStatus.appliedIndex(),
        digest.index(),
        digest.sha256(),
        engineStatus.openRuns(),
        engineStatus.endedRuns());
  }

  private static String name(RoleName role) {
    return switch (role) {
      case LEADER -> "leader";
      case FOLLOWER -> "follower";
      case PRE_CANDIDATE, CANDIDATE -> "candidate";
    };
  }
}
