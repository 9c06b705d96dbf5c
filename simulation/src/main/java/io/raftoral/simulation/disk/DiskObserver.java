package io.raftoral.simulation.disk;

import io.raftoral.raft.driver.LogWrite;

/** Told of what happens on the disks; for checks. Must not change anything. */
public interface DiskObserver {

  /** The node asked for a write; {@code issued} is its log as the node now sees it. */
  void issued(int node, long group, LogWrite write, LogImage issued, boolean overwritten);

  /** A batch became durable; {@code media} is what a power cut would now leave of the group's log. */
  void durable(int node, long group, LogImage media);

  /** The log was compacted up to {@code index}. */
  void compacted(int node, long group, long index);

  /** So many writes of the node are not acknowledged. */
  void outstanding(int node, int writes);

  /** What is stored, acknowledged or read back is not what was written. */
  void wronglyStored(int node, String expected, String actual);

  /** The hash over the committed log of a group up to {@code index}. */
  long committedHash(long group, long index);
}
