package io.raftoral.raft.driver;

import io.raftoral.raft.message.SnapshotMetadata;

/**
 * A state machine's state at one index, held still so that it can be read in parts while the state itself moves on.
 *
 * <p>Read from one thread at a time, and not by the one that applies. The same cursor always gives the same part: that is
 * what makes a transfer resumable, and lets several followers read at their own pace.
 */
public interface SnapshotView extends AutoCloseable {
  /** Where the first part begins; as {@link Part#next()}, that there is none. */
  byte[] START = {};

  /** Which prefix of the log the state contains. */
  SnapshotMetadata metadata();

  /**
   * Reads the part that begins at {@code cursor}.
   *
   * @param cursor {@link #START}, or what the part before gave as {@link Part#next()}
   * @param maxBytes about how large the part may be; it exceeds this by less than one record of the state
   * @throws IllegalArgumentException for a cursor that no part has given
   */
  Part read(byte[] cursor, int maxBytes);

  /** Lets go of the state. May be called twice. */
  @Override
  void close();

  /**
   * A part of the state.
   *
   * @param data opaque to all but the state machine
   * @param next where the part after this one begins; empty if this was the last
   */
  record Part(byte[] data, byte[] next) {
    /** Whether nothing follows. */
    public boolean last() {
      return next.length == 0;
    }
  }
}
