package io.raftoral.simulation.cluster;

import io.raftoral.raft.message.SnapshotMetadata;

/** What of a node's applied state is durable; it outlives the process. */
final class StateDisk {
  private SnapshotMetadata metadata = SnapshotMetadata.EMPTY;
  private byte[] data = new byte[0];

  SnapshotMetadata metadata() {
    return metadata;
  }

  KvState load() {
    return KvState.decode(metadata, data);
  }

  void store(KvState state) {
    metadata = state.applied();
    data = state.encode();
  }
}
