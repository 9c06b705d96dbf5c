package io.raftoral.storage.log;

/** Counts down what a reader may still be given. The first entry is always granted, so that readers make progress. */
final class ByteBudget {
  private long left;
  private boolean first = true;

  ByteBudget(long maxBytes) {
    this.left = maxBytes;
  }

  /** Whether another {@code bytes} may be handed out; if so, they are counted. */
  boolean take(int bytes) {
    if (!first && bytes > left) {
      return false;
    }
    first = false;
    left -= bytes;
    return true;
  }
}
