package io.raftoral.storage.table;

import io.raftoral.storage.StorageException;

/** The version stamp of a state store: {@code meta}, key {@code "format"}, {@code version:1 crc32c:4}. */
public final class StateFormat {
  static final byte VERSION = 1;
  private static final byte[] KEY = {'f', 'o', 'r', 'm', 'a', 't'};

  private StateFormat() {}

  /** Stamps a new store. Durable when this returns. */
  public static void stamp(Table table) {
    RawBatch batch = new RawBatch();
    batch.put(Family.META, KEY, StateRecords.seal(KEY, new byte[] {VERSION}));
    table.append(batch);
    table.sync();
  }

  /** Refuses a store of a newer version, or one that has lost its stamp. */
  public static void check(Table table, String store) {
    byte[] stored = table.get(Family.META, KEY);
    if (stored == null) {
      throw new StorageException(
          StorageException.Kind.DAMAGED,
          store + " is damaged: the record of its format version is missing; let the node join its cluster again with an"
              + " empty data directory");
    }
    byte[] version = StateRecords.open(store, KEY, stored);
    if (version.length != 1 || version[0] != VERSION) {
      throw new StorageException(
          StorageException.Kind.NEWER_FORMAT,
          store + " has format version " + (version.length == 0 ? 0 : version[0]) + ", this software knows version "
              + VERSION + "; start the newer version of the software that wrote it");
    }
  }
}
