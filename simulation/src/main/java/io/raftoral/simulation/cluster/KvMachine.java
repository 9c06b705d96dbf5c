package io.raftoral.simulation.cluster;

import io.raftoral.raft.driver.Committed;
import io.raftoral.raft.driver.ImageStaging;
import io.raftoral.raft.driver.ImageView;
import io.raftoral.raft.driver.RoleChange;
import io.raftoral.raft.driver.SnapshotStaging;
import io.raftoral.raft.driver.SnapshotView;
import io.raftoral.raft.driver.StateMachine;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.simulation.linearizability.Register.Output;
import io.raftoral.simulation.world.SimRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongConsumer;

/**
 * The key-value state machine of one process. Its state becomes durable now and then, at moments drawn from the seed, so
 * that after a crash it stands anywhere behind the log.
 */
final class KvMachine implements StateMachine {
  private static final double FLUSH_CHANCE = 0.1;

  /** Told of what is applied. */
  interface Observer {
    void applied(KvMachine machine, Committed entry);

    void command(KvCommand command, long index, long term, int ordinal, Output answer, boolean duplicate);

    void restored(KvMachine machine, SnapshotMetadata snapshot);

    void roleChanged(RoleChange change);
  }

  private final StateDisk disk;
  private final SimRandom random;
  private final Observer observer;
  private final TreeMap<Long, List<LongConsumer>> waiting = new TreeMap<>();
  private KvState state;

  KvMachine(StateDisk disk, SimRandom random, Observer observer) {
    this.disk = disk;
    this.random = random;
    this.observer = observer;
    this.state = disk.load();
  }

  KvState state() {
    return state;
  }

  @Override
  public SnapshotMetadata applied() {
    return state.applied();
  }

  @Override
  public void founded(ConfState members) {
    state.configure(0, 0, members);
  }

  @Override
  public void apply(List<Committed> batch) {
    for (Committed entry : batch) {
      if (entry.index() != state.applied().index() + 1) {
        throw new IllegalStateException("entry " + entry.index() + " applied after " + state.applied().index());
      }
      switch (entry) {
        case Committed.Commands commands -> {
          int ordinal = 0;
          for (byte[] bytes : commands.commands()) {
            KvCommand command = KvCommand.decode(bytes);
            KvState.Applied applied = state.apply(command);
            observer.command(command, entry.index(), entry.term(), ordinal++, applied.answer(), applied.duplicate());
          }
          state.advance(entry.index(), entry.term());
        }
        case Committed.Configuration configuration ->
            state.configure(entry.index(), entry.term(), configuration.confState());
      }
      observer.applied(this, entry);
    }
    if (random.chance(FLUSH_CHANCE)) {
      disk.store(state);
    }
    serveWaiting();
  }

  /** Calls {@code action} with the applied index once that is at least {@code index}. */
  void whenApplied(long index, LongConsumer action) {
    if (state.applied().index() >= index) {
      action.accept(state.applied().index());
    } else {
      waiting.computeIfAbsent(index, key -> new ArrayList<>()).add(action);
    }
  }

  private void serveWaiting() {
    while (!waiting.isEmpty() && waiting.firstKey() <= state.applied().index()) {
      for (LongConsumer action : waiting.pollFirstEntry().getValue()) {
        action.accept(state.applied().index());
      }
    }
  }

  @Override
  public void roleChanged(RoleChange change) {
    observer.roleChanged(change);
  }

  @Override
  public SnapshotStaging stage(SnapshotMetadata metadata) {
    return new ImageStaging(metadata);
  }

  @Override
  public void restore(SnapshotStaging staging) {
    ImageStaging image = (ImageStaging) staging;
    state = KvState.decode(image.metadata(), image.image());
    disk.store(state);
    observer.restored(this, image.metadata());
    serveWaiting();
  }

  @Override
  public SnapshotView view() {
    return new ImageView(state.applied(), state.encode());
  }

  @Override
  public long durableIndex() {
    return disk.metadata().index();
  }
}
