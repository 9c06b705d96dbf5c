package io.raftoral.storage.log;

import io.raftoral.storage.StorageException;

/** The one wording for a log that is not what was written. */
final class Damage {
  private Damage() {}

  static StorageException of(String where, String what) {
    return new StorageException(
        StorageException.Kind.DAMAGED,
        "log store " + where + " is damaged: " + what + ". The node must not vote or answer from it. Keep the directory"
            + " for examination, remove this node from the cluster, and let it join again with an empty data directory;"
            + " check the disk");
  }
}
