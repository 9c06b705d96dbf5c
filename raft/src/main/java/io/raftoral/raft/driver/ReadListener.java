package io.raftoral.raft.driver;

/**
 * Told exactly once whether a linearizable read may be served. Must be quick and must not block. Called on the loop's
 * thread, except for {@link #failed()} because too many reads are waiting or the driver has stopped: that one comes
 * from within {@link Group#read}, on the caller's thread.
 */
public interface ReadListener {

  /**
   * Whoever reads a state that has applied {@code index} sees everything that was acknowledged before the read began.
   */
  void confirmed(long index);

  /** The read could not be confirmed, for want of a leader or in time; it is safe to try again. */
  void failed();
}
