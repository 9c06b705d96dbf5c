package io.raftoral.simulation.disk;

import io.raftoral.storage.StateStore;
import io.raftoral.storage.StateStore.Visitor;
import io.raftoral.storage.StorageException;
import io.raftoral.storage.table.Family;
import io.raftoral.storage.table.RawBatch;
import io.raftoral.storage.table.Table;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The table of a log store, in front of the disk in memory: sees each batch on its way, fails when told to, and says what
 * became durable.
 */
final class SimTable implements Table {
  private final Table disk;
  private final Consumer<List<StoredChange>> durable;
  private final Deque<List<StoredChange>> unsynced = new ArrayDeque<>();
  private StorageException.@Nullable Kind failNextAppend;
  private boolean failNextSync;
  private boolean failed;
  private boolean syncFailed;

  SimTable(Table disk, Consumer<List<StoredChange>> durable) {
    this.disk = disk;
    this.durable = durable;
  }

  void failNext(boolean sync) {
    if (sync) {
      failNextSync = true;
    } else {
      failNextAppend = StorageException.Kind.FULL;
    }
  }

  void failNoMore() {
    failNextSync = false;
    failNextAppend = null;
  }

  /** Whether an operation has failed. */
  boolean failed() {
    return failed;
  }

  /** Whether a sync has failed: nobody knows what it has left on the disk, and the cache no longer holds it. */
  boolean syncFailed() {
    return syncFailed;
  }

  /** Batches that a power cut may take. */
  int unsynced() {
    return unsynced.size();
  }

  /** The first {@code count} of the batches that were not synced are durable. */
  void settle(int count) {
    for (int i = 0; i < count; i++) {
      durable.accept(unsynced.remove());
    }
  }

  @Override
  public void append(RawBatch batch) {
    if (failNextAppend != null) {
      StorageException.Kind kind = failNextAppend;
      failNextAppend = null;
      failed = true;
      throw new StorageException(kind, "simulated disk: no space left on device");
    }
    disk.append(batch);
    unsynced.add(StoredChange.of(batch));
  }

  @Override
  public void sync() {
    if (failNextSync) {
      failNextSync = false;
      failed = true;
      syncFailed = true;
      throw new StorageException(StorageException.Kind.IO, "simulated disk: input/output error on sync");
    }
    if (syncFailed) {
      // As on a real disk: a second sync may succeed, and says nothing about the pages that the first one dropped.
      return;
    }
    disk.sync();
    settle(unsynced.size());
  }

  @Override
  public byte @Nullable [] get(Family family, byte[] key) {
    return disk.get(family, key);
  }

  @Override
  public void scan(Family family, byte[] from, byte[] to, Visitor visitor) {
    disk.scan(family, from, to, visitor);
  }

  @Override
  public void scanBackwards(Family family, byte[] from, byte[] to, Visitor visitor) {
    disk.scanBackwards(family, from, to, visitor);
  }

  @Override
  public StateStore.View view(Family family) {
    return disk.view(family);
  }

  @Override
  public void close() {
    disk.close();
  }
}
