package io.raftoral.raft.driver;

/** Told when a linearizable read may be served. Called on the loop's thread; must be quick and must not block. */
public interface ReadListener {

  /** Whoever reads a state that has applied {@code index} sees everything that was acknowledged before the read began. */
  void confirmed(long index);

  /** The read could not be confirmed, for want of a leader or in time; it is safe to try again. */
  void failed();
}
