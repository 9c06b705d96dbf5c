package io.raftoral.raft.driver;

/**
 * Where a state machine gathers the parts of a state that it is going to take over. Nothing of it is seen, and nothing of
 * it lasts, before {@link StateMachine#restore}.
 *
 * <p>Used by one thread at a time, which need not be the one that applies.
 */
public interface SnapshotStaging extends AutoCloseable {

  /**
   * Takes the next part.
   *
   * @throws RuntimeException if it cannot be kept, or is no part of a state; the node must stop
   */
  void add(byte[] data);

  /** Throws away what was gathered, unless it was taken over. May be called twice. */
  @Override
  void close();

  /** Reads a whole view into this staging, in parts of about {@code maxPartBytes}. */
  default void addAll(SnapshotView view, int maxPartBytes) {
    byte[] cursor = SnapshotView.START;
    do {
      SnapshotView.Part part = view.read(cursor, maxPartBytes);
      add(part.data());
      cursor = part.next();
    } while (cursor.length > 0);
  }
}
