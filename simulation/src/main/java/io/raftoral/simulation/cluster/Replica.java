package io.raftoral.simulation.cluster;

import io.raftoral.raft.driver.Group;
import io.raftoral.raft.driver.StateMachine;

/** What one life of a process replicates. */
sealed interface Replica permits RegisterReplica, EngineReplica {
  /** What the driver applies entries to. */
  StateMachine machine();

  /** Gives it its group, right after the driver has opened it. */
  void bind(Group group);

  /** Up to which index entries are applied. */
  long appliedIndex();

  /** Wishes for another leader, the way its users do. */
  void transferLeadership(Group group, long node);

  /** The process died. */
  void kill();
}
