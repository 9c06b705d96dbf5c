package io.raftoral.raft.driver;

import io.raftoral.raft.log.LogStorage;

/**
 * One group's log: what the core reads, kept in step with what the disk acknowledged. Confined to the loop's thread.
 */
public interface GroupLog extends LogStorage {

  /**
   * The loop learned that a write of this group is durable; from now on it is part of what the core reads. Called in
   * the order of the writes.
   */
  void persisted(LogWrite write);
}
