package io.raftoral.raft.driver;

import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Snapshot;
import java.util.List;

/**
 * What a group replicates: told of committed commands and of this node's role, in one order, from one thread at a time
 * (the driver's apply executor, never the loop itself).
 */
public interface StateMachine {

  /** The last index that is contained in the state; after a restart, the one that is durable. 0 for an empty state. */
  long appliedIndex();

  /** The configuration as of {@link #appliedIndex()}; {@link ConfState#EMPTY} if the state is empty. */
  ConfState confState();

  /**
   * Applies committed entries. When this returns, the state contains them (it need not be durable: after a crash they
   * come again).
   *
   * @param batch consecutive, starting at {@code appliedIndex() + 1}
   */
  void apply(List<Committed> batch);

  /**
   * The node's role changed. Ordered with {@link #apply}: entries handed over earlier were committed before the change
   * was seen.
   */
  void roleChanged(RoleChange change);

  /** Replaces the state by a snapshot that a leader sent. */
  void restore(Snapshot snapshot);

  /** A consistent image of the present state, or a handle on one. */
  Snapshot snapshot();

  /**
   * The highest index up to which the state would survive a power cut. The log is never compacted past it.
   */
  long durableIndex();
}
