package io.raftoral.raft.log;

import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Snapshot;
import java.util.List;

/**
 * What the core may read of the durable log: the read side only, called from the thread that owns the core.
 *
 * <p>The core asks only for what was acknowledged to it as durable; what is on its way to the disk, the core still
 * holds itself. Indexes run from {@link #firstIndex()} to {@link #lastIndex()}; the entry before the first is known by
 * its term alone.
 */
public interface LogStorage {

  /** What was durable when the node started. */
  HardState hardState();

  /** The configuration as of the durable applied index. */
  ConfState confState();

  /** Index of the first entry that is still there; 1 for a log that was never compacted. */
  long firstIndex();

  /** Index of the last durable entry; {@code firstIndex() - 1} if there is none. */
  long lastIndex();

  /**
   * The term of an entry.
   *
   * @param index from {@code firstIndex() - 1} to {@code lastIndex()}
   * @throws CompactedException if {@code index} was compacted away
   * @throws IndexOutOfBoundsException if {@code index} is beyond the last entry
   */
  long term(long index);

  /**
   * Entries {@code [from, to)}, as many as fit into {@code maxBytes} but at least one.
   *
   * @throws CompactedException if {@code from} was compacted away
   * @throws IndexOutOfBoundsException if {@code to} is beyond {@code lastIndex() + 1}
   */
  List<Entry> entries(long from, long to, long maxBytes);

  /**
   * The newest snapshot that can be sent to a follower.
   *
   * @throws SnapshotUnavailableException if it is still being made; the core asks again later
   */
  Snapshot snapshot();

  /** The index asked for was compacted; a snapshot stands in its place. */
  final class CompactedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Names the index that was asked for and the first one that is left. */
    public CompactedException(long index, long firstIndex) {
      super("log index " + index + " was compacted; the first one left is " + firstIndex, null, false, false);
    }
  }

  /** No snapshot can be had right now. */
  final class SnapshotUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Says why. */
    public SnapshotUnavailableException(String why) {
      super(why, null, false, false);
    }
  }
}
