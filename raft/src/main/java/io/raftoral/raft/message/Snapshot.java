package io.raftoral.raft.message;

import java.util.Arrays;

/**
 * A state machine's state at one index, in place of the log up to it.
 *
 * @param data opaque to the core. The driver leaves it empty: state travels in parts of bounded size, see {@link
 *     Message.SnapshotRequest}, and the metadata names it. Owned by the snapshot: nobody may change it.
 */
public record Snapshot(SnapshotMetadata metadata, byte[] data) {

  @Override
  public boolean equals(Object other) {
    return other instanceof Snapshot that && metadata.equals(that.metadata) && Arrays.equals(data, that.data);
  }

  @Override
  public int hashCode() {
    return 31 * metadata.hashCode() + Arrays.hashCode(data);
  }

  @Override
  public String toString() {
    return "Snapshot[" + metadata + ", " + data.length + "B]";
  }
}
