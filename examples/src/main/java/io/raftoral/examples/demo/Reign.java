package io.raftoral.examples.demo;

/**
 * The time in which a node ran workflows actively.
 *
 * @param from by {@link System#nanoTime}
 * @param until likewise; {@link #OPEN} if it still does
 * @param killed whether it ended because the node was killed
 */
record Reign(String node, long term, long from, long until, boolean killed) {
  static final long OPEN = Long.MAX_VALUE;

  Reign endedAt(long nanoTime, boolean byKill) {
    return new Reign(node, term, from, nanoTime, byKill);
  }

  boolean open() {
    return until == OPEN;
  }
}
