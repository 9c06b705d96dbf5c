package io.raftoral.raft.driver;

import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.List;

/**
 * What a group replicates: told of committed commands and of this node's role, in one order, from one thread at a time
 * (the driver's apply executor, never the loop itself).
 */
public interface StateMachine {

  /**
   * Which prefix of the log the state contains: index and term of the last entry applied, and the configuration in
   * force there. After a restart, what is durable. {@link SnapshotMetadata#EMPTY} for an empty state.
   *
   * <p>Asked once, before the loop starts. If the log ends before this index, a crash fell between the durable
   * installation of a snapshot and the log write that follows it: the driver then restarts the log from here.
   */
  SnapshotMetadata applied();

  /**
   * The group is new to this node: its state is empty, and {@code members} is the configuration in force before the
   * first entry. No entry of the log names it, so from here on {@link #applied()} does, and with it every snapshot.
   * Called before the loop starts, and again at the next start if nothing was applied until then.
   */
  default void founded(ConfState members) {}

  /**
   * Applies committed entries. When this returns, the state contains them (it need not be durable: after a crash they
   * come again).
   *
   * @param batch consecutive, starting after the last entry applied
   */
  void apply(List<Committed> batch);

  /**
   * The node's role changed. Ordered with {@link #apply}: entries handed over earlier were committed before the change
   * was seen.
   */
  void roleChanged(RoleChange change);

  /**
   * Replaces the state by a snapshot that a leader sent. When this returns, the new state is durable: only then does
   * the driver let go of the log that the snapshot replaces.
   */
  void restore(Snapshot snapshot);

  /** A consistent image of the present state, or a handle on one. */
  Snapshot snapshot();

  /**
   * The highest index up to which the state would survive a power cut. The log is never compacted past it.
   */
  long durableIndex();
}
