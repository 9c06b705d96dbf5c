package io.raftoral.raft.driver;

import java.util.List;

/**
 * The disk as the driver sees it: one store for the logs of all groups on a node.
 *
 * <p>Writing is asynchronous, so that the loop goes on while the disk works and one fsync serves every group that
 * waits.
 */
public interface LogStore {

  /**
   * The log of one group, created empty if the store has none. Called once a group before the loop starts.
   *
   * @param group positive
   */
  GroupLog open(long group);

  /**
   * Makes writes durable: either all of them or, after a crash, a prefix. Calls are completed in the order they were
   * made. Never blocks; the store bounds its memory because the driver has a bounded number of writes outstanding.
   *
   * @param done told once, on any thread, when all of {@code writes} are on disk, or why they cannot be. After a
   *     failure the store accepts nothing more, and the node has to stop.
   */
  void write(List<LogWrite> writes, Completion done);

  /**
   * Lets go of the entries of {@code group} up to and including {@code index}. May happen later, in the background.
   *
   * @param index applied, covered by durable state, and not needed by a follower
   */
  void compact(long group, long index);

  /** Told how a write ended. */
  interface Completion {
    /** Everything is durable. */
    void written();

    /** Nothing can be relied upon; the node must stop. */
    void failed(Throwable cause);
  }
}
