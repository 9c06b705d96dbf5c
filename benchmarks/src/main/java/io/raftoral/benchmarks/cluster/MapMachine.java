package io.raftoral.benchmarks.cluster;

import io.raftoral.benchmarks.load.ClosedLoop;
import io.raftoral.raft.driver.Committed;
import io.raftoral.raft.driver.RoleChange;
import io.raftoral.raft.driver.SnapshotStaging;
import io.raftoral.raft.driver.SnapshotView;
import io.raftoral.raft.driver.StateMachine;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.SnapshotMetadata;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A replicated map. A command is {@code key:4 number:8 value…}: the value, number included, is assigned to the key. Where
 * the group is led, the operation of that number has then ended.
 */
final class MapMachine implements StateMachine, AutoCloseable {
  private final int group;
  private final MapState map;
  private SnapshotMetadata applied = SnapshotMetadata.EMPTY;
  private long[] ended = new long[1024];
  private volatile boolean leads;
  private volatile @Nullable ClosedLoop loop;

  MapMachine(int group, MapState map) {
    this.group = group;
    this.map = map;
  }

  /** Where ended operations are reported from now on. */
  void report(@Nullable ClosedLoop to) {
    loop = to;
  }

  boolean leads() {
    return leads;
  }

  @Override
  public void founded(ConfState members) {
    applied = new SnapshotMetadata(0, 0, members);
  }

  @Override
  public void apply(List<Committed> entries) {
    int count = 0;
    long bytes = 0;
    for (Committed entry : entries) {
      ConfState members = applied.confState();
      switch (entry) {
        case Committed.Commands some -> {
          for (byte[] command : some.commands()) {
            bytes += command.length;
            ByteBuffer fields = ByteBuffer.wrap(command);
            map.assign(fields.getInt(), command);
            if (count == ended.length) {
              ended = Arrays.copyOf(ended, 2 * count);
            }
            ended[count++] = fields.getLong();
          }
        }
        case Committed.Configuration change -> members = change.confState();
      }
      applied = new SnapshotMetadata(entry.index(), entry.term(), members);
    }
    map.applied(applied.index(), bytes);
    ClosedLoop reporting = loop;
    if (leads && reporting != null) {
      reporting.completed(ended, count);
    }
  }

  @Override
  public void roleChanged(RoleChange change) {
    leads = change.leads();
  }

  /** A node of a benchmark begins with an empty directory. */
  @Override
  public SnapshotMetadata applied() {
    return applied;
  }

  /** Never asked for: all nodes of a benchmark are up all the time. */
  @Override
  public SnapshotView view() {
    throw needsSnapshot();
  }

  @Override
  public SnapshotStaging stage(SnapshotMetadata metadata) {
    throw needsSnapshot();
  }

  @Override
  public void restore(SnapshotStaging staging) {
    throw needsSnapshot();
  }

  private IllegalStateException needsSnapshot() {
    return new IllegalStateException("a node of group " + group + " fell so far behind that it needs a snapshot");
  }

  @Override
  public long durableIndex() {
    return map.durableIndex();
  }

  @Override
  public void close() {
    map.close();
  }
}
