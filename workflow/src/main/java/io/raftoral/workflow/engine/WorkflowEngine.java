package io.raftoral.workflow.engine;

import io.raftoral.raft.driver.Committed;
import io.raftoral.raft.driver.Group;
import io.raftoral.raft.driver.RoleChange;
import io.raftoral.raft.driver.StateMachine;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.storage.StateStore;
import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.RunDescription;
import io.raftoral.workflow.RunFilter;
import io.raftoral.workflow.RunPage;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.runtime.EngineRuntime;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Workflows as a replicated state machine: applies what the group commits, and runs every open workflow, actively where this
 * node leads and as a shadow where it follows.
 *
 * <p>Futures are completed on the apply thread; whatever hangs on them must be quick.
 */
public final class WorkflowEngine implements StateMachine {

  /**
   * Opens the engine on what {@code store} holds of the group. Nothing runs before {@link #bind}.
   *
   * @param types every workflow that this node can run
   * @param store stays the caller's to close, after the engine
   */
  public WorkflowEngine(
      EngineConfig config,
      List<WorkflowType<?, ?>> types,
      StateStore store,
      EngineRuntime runtime,
      NodeListener listener) {
    throw new UnsupportedOperationException();
  }

  /** Gives the engine its group, right after the driver has opened it: open runs begin to move. */
  public void bind(Group group) {
    throw new UnsupportedOperationException();
  }

  /**
   * Starts a run, or finds it. Completes when the start is applied here; fails with {@code RefusedException}: {@code NO_LEADER}
   * if this node is not active or the proposal was lost, {@code UNKNOWN_TYPE}, {@code ID_IN_USE}, {@code BAD_REQUEST} for an
   * input that the type cannot read, {@code OVERLOADED}; or with {@code LimitExceededException}.
   *
   * @param version 0 for the newest that is registered here
   * @param inputJson owned by the engine from now on
   */
  public CompletableFuture<StartedRun> start(String type, int version, String id, byte[] inputJson) {
    throw new UnsupportedOperationException();
  }

  /** Completes once the end of the run is applied on this node; at once if it is. Works on any node, for any id. */
  public CompletableFuture<RunEnd> awaitEnd(String id) {
    throw new UnsupportedOperationException();
  }

  /** Completes once this node has applied {@code index}. */
  public CompletableFuture<@Nullable Void> whenApplied(long index) {
    throw new UnsupportedOperationException();
  }

  /** A run as this node has applied it, null if it knows none of this id. */
  public @Nullable RunDescription describe(String id) {
    throw new UnsupportedOperationException();
  }

  /** A page of the runs that this node has applied. */
  public RunPage list(RunFilter filter) {
    throw new UnsupportedOperationException();
  }

  /** A view of the engine; costs nothing. */
  public EngineStatus status() {
    throw new UnsupportedOperationException();
  }

  /** Digests the whole replicated state; takes time in proportion to it. */
  public StateDigest stateDigest() {
    throw new UnsupportedOperationException();
  }

  /**
   * Hands leadership to {@code node}, by the rule named Transfer: effects are stopped first, and never start again in this
   * term. Whoever wants a transfer asks here, not the group.
   */
  public void transferLeadership(long node) {
    throw new UnsupportedOperationException();
  }

  /** Stops: effects are interrupted, threads unwind, waiting requests fail. */
  public void close() {
    throw new UnsupportedOperationException();
  }

  /** Stops as if the process had been killed: threads are abandoned, nothing more is proposed. */
  public void kill() {
    throw new UnsupportedOperationException();
  }

  @Override
  public SnapshotMetadata applied() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void apply(List<Committed> batch) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void roleChanged(RoleChange change) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void restore(Snapshot snapshot) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Snapshot snapshot() {
    throw new UnsupportedOperationException();
  }

  @Override
  public long durableIndex() {
    throw new UnsupportedOperationException();
  }
}
