package io.raftoral.raft.driver;

import org.jspecify.annotations.Nullable;

/**
 * Collects what listeners throw, so that none of them keeps the others from being told. A listener that throws is a bug
 * of the embedder which the driver cannot judge, so in the end it is thrown on.
 */
final class Failures {
  /** How many are kept; thousands of listeners may share one bug. */
  private static final int MAX_KEPT = 8;

  private @Nullable DriverException failure;

  void add(Throwable thrown) {
    if (failure == null) {
      failure = new DriverException("whoever was told by the driver threw: " + thrown, thrown);
    } else if (failure.getSuppressed().length < MAX_KEPT) {
      failure.addSuppressed(thrown);
    }
  }

  boolean any() {
    return failure != null;
  }

  /** Runs {@code action}, keeping what it throws. */
  void attempt(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error e) {
      add(e);
    }
  }

  /** Throws what was collected, if anything was. */
  void rethrow() {
    if (failure != null) {
      throw failure;
    }
  }
}
