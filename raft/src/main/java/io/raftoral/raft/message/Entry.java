package io.raftoral.raft.message;

import io.raftoral.raft.membership.ConfChange;
import java.util.Arrays;

/**
 * One slot of the replicated log (Raft paper, section 5.3).
 *
 * <p>An entry holds either opaque data of the state machine or a change of the cluster's configuration; the kind is
 * part of the type, so that no code has to guess what the bytes mean.
 */
public sealed interface Entry {

  /** Bytes that an entry costs besides its data: term, index, kind and length. Used by every size limit. */
  int OVERHEAD_BYTES = 24;

  /** The term in which the leader appended this entry; at least 1. */
  long term();

  /** The entry's place in the log; the first entry has index 1. */
  long index();

  /** What this entry counts against limits of messages, caches and uncommitted data, in bytes. */
  int sizeBytes();

  /**
   * Data for the state machine. Empty data is the blank entry with which a leader starts its term.
   *
   * @param data owned by the entry: neither the creator nor any reader may change it
   */
  record Normal(long term, long index, byte[] data) implements Entry {
    private static final byte[] NO_DATA = new byte[0];

    /** The entry with which a new leader commits everything before it (Raft paper, section 8). */
    public static Normal blank(long term, long index) {
      return new Normal(term, index, NO_DATA);
    }

    @Override
    public int sizeBytes() {
      return OVERHEAD_BYTES + data.length;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Normal that
          && term == that.term
          && index == that.index
          && Arrays.equals(data, that.data);
    }

    @Override
    public int hashCode() {
      return 31 * (31 * Long.hashCode(term) + Long.hashCode(index)) + Arrays.hashCode(data);
    }

    @Override
    public String toString() {
      return index + "/" + term + (data.length == 0 ? " blank" : " " + data.length + "B");
    }
  }

  /** A change of the configuration. It takes effect when it is applied, not when it is appended. */
  record Membership(long term, long index, ConfChange change) implements Entry {
    @Override
    public int sizeBytes() {
      return OVERHEAD_BYTES + change.sizeBytes();
    }

    @Override
    public String toString() {
      return index + "/" + term + " " + change;
    }
  }
}
