package io.raftoral.simulation.workflow;

import io.raftoral.raft.driver.Committed;
import io.raftoral.raft.driver.Group;
import io.raftoral.raft.driver.RoleChange;
import io.raftoral.raft.driver.SnapshotStaging;
import io.raftoral.raft.driver.SnapshotView;
import io.raftoral.raft.driver.StateMachine;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.simulation.world.SimRandom;
import io.raftoral.workflow.engine.WorkflowEngine;
import java.util.List;

/**
 * The production engine of one life of a process, on a simulated state store. Batches of entries are handed to it
 * whole or in pieces, as the seed decides: how they are cut must make no difference.
 */
public final class EngineMachine implements StateMachine {
  private static final double CUT_CHANCE = 0.3;

  /** Told of what is applied. */
  public interface Observer {
    /**
     * An entry was applied.
     *
     * @param digest of the whole state after it; 0 if it was applied together with the next one
     */
    void applied(Committed entry, long digest);

    /** A snapshot has replaced the state. */
    void restored(SnapshotMetadata snapshot, long digest);

    /** The node's role changed. */
    void roleChanged(RoleChange change);
  }

  private final WorkflowEngine engine;
  private final SimRuntime runtime;
  private final ObservedStateStore store;
  private final SimRandom random;
  private final Observer observer;

  /** What is being received, or was last. */
  private SnapshotMetadata staged = SnapshotMetadata.EMPTY;

  /** An engine on what the disk has. */
  public EngineMachine(
      int node, EngineSetup setup, StateMedia media, SimRuntime runtime, SimRandom random, Observer observer) {
    this.runtime = runtime;
    this.random = random;
    this.observer = observer;
    this.store =
        new ObservedStateStore(media, (key, before, value) -> setup.journalWritten(node, key, before, value));
    this.engine =
        new WorkflowEngine(
            setup.config(node, random), setup.types(node, runtime), store, runtime, setup.listener(node));
  }

  /** The engine itself, for requests. */
  public WorkflowEngine engine() {
    return engine;
  }

  /** Its threads and timers. */
  public SimRuntime runtime() {
    return runtime;
  }

  /** Gives the engine its group. */
  public void bind(Group group) {
    engine.bind(group);
  }

  /** The process died: nothing of it runs any more, and its store is gone. */
  public void abandon() {
    store.abandon();
  }

  @Override
  public SnapshotMetadata applied() {
    return engine.applied();
  }

  @Override
  public void founded(ConfState members) {
    engine.founded(members);
  }

  @Override
  public void apply(List<Committed> batch) {
    for (int from = 0; from < batch.size(); ) {
      int to = from + 1;
      while (to < batch.size() && !random.chance(CUT_CHANCE)) {
        to++;
      }
      List<Committed> piece = batch.subList(from, to);
      long last = piece.getLast().index();
      store.next(last);
      engine.apply(piece);
      for (Committed entry : piece) {
        observer.applied(entry, entry.index() == last ? store.digest() : 0);
      }
      from = to;
    }
  }

  @Override
  public void roleChanged(RoleChange change) {
    observer.roleChanged(change);
    engine.roleChanged(change);
  }

  @Override
  public SnapshotStaging stage(SnapshotMetadata metadata) {
    staged = metadata;
    return engine.stage(metadata);
  }

  @Override
  public void restore(SnapshotStaging staging) {
    store.next(staged.index());
    store.restoring(true);
    engine.restore(staging);
    store.restoring(false);
    observer.restored(engine.applied(), store.digest());
  }

  @Override
  public SnapshotView view() {
    return engine.view();
  }

  @Override
  public long makeDurable() {
    return engine.makeDurable();
  }

  @Override
  public long durableIndex() {
    return engine.durableIndex();
  }
}
