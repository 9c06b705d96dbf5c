package io.raftoral.raft.driver;

import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.List;

/**
 * What a group replicates: told of committed commands and of this node's role, in one order, from one thread at a time
 * (the driver's apply executor, never the loop itself). Only {@link #stage} and {@link #makeDurable} come from elsewhere.
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
   * A view of the present state, for followers that are too far behind. Costs little: it is read, in parts, while the
   * state moves on.
   */
  SnapshotView view();

  /**
   * Begins to gather the state that a leader sends. Whatever an earlier staging of this group still holds is void. Called
   * off the thread that applies, and possibly at the same time.
   *
   * @param metadata which prefix of the log the state is going to contain
   */
  SnapshotStaging stage(SnapshotMetadata metadata);

  /**
   * Replaces the state by what was gathered. When this returns, the new state is durable: only then does the driver let go
   * of the log that it replaces. A crash before that leaves the old state or the new one.
   *
   * @param staging complete, and made by {@link #stage}; closed by this
   */
  void restore(SnapshotStaging staging);

  /**
   * The highest index up to which the state would survive a power cut. The log is never compacted past it.
   */
  long durableIndex();

  /**
   * Makes the state durable as it is, or as it was a moment ago, and returns {@link #durableIndex()} after that. May block
   * for long; called off the thread that applies, and possibly at the same time, when the log has grown so much that it is
   * worth while to compact it.
   */
  default long makeDurable() {
    return durableIndex();
  }
}
