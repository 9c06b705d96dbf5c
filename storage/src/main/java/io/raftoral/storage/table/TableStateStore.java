package io.raftoral.storage.table;

import io.raftoral.storage.StateStore;
import io.raftoral.storage.StorageException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A state store over a table.
 *
 * <p>After a write or a flush has failed, every later one fails with the same cause: what is on disk is then unknown, and
 * a flush that succeeds afterwards would claim durability for it.
 */
public final class TableStateStore implements StateStore {
  private final Table table;
  private final String name;
  // Batches of different groups come from different threads; the table wants them one at a time. Syncs are not held up
  // by batches, nor batches by syncs.
  private final ReentrantLock writing = new ReentrantLock();
  private volatile @Nullable RuntimeException failure;
  private volatile boolean closed;

  /**
   * Takes over the table.
   *
   * @param name names the store in messages
   */
  public TableStateStore(Table table, String name) {
    this.table = table;
    this.name = name;
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    byte[] stored = table.get(Family.STATE, key);
    return stored == null ? null : StateRecords.open(name, key, stored);
  }

  @Override
  public void write(Batch batch) {
    if (!(batch instanceof TableBatch ours)) {
      throw new IllegalArgumentException("the batch was made by another kind of store: " + batch.getClass().getName());
    }
    if (ours.raw.count() == 0) {
      return;
    }
    writing.lock();
    try {
      guarded(() -> table.append(ours.raw));
    } finally {
      writing.unlock();
    }
    ours.raw.clear();
  }

  @Override
  public Batch newBatch() {
    return new TableBatch();
  }

  @Override
  public void scan(byte[] from, byte[] to, Visitor visitor) {
    table.scan(Family.STATE, from, to, opening(visitor));
  }

  @Override
  public void scanBackwards(byte[] from, byte[] to, Visitor visitor) {
    table.scanBackwards(Family.STATE, from, to, opening(visitor));
  }

  private Visitor opening(Visitor visitor) {
    return (key, stored) -> visitor.visit(key, StateRecords.open(name, key, stored));
  }

  @Override
  public View view() {
    View held = table.view(Family.STATE);
    return new View() {
      @Override
      public void scan(byte[] from, byte[] to, Visitor visitor) {
        held.scan(from, to, opening(visitor));
      }

      @Override
      public void close() {
        held.close();
      }
    };
  }

  @Override
  public Replacement replace(byte[] from, byte[] to) {
    return new BatchReplacement(this, from, to);
  }

  /** Runs a change of the whole store which is not a batch; if it fails, so does every later write. */
  public void exclusively(Runnable change) {
    writing.lock();
    try {
      guarded(change);
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void flush() {
    guarded(table::sync);
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    try {
      flush();
    } finally {
      abandon();
    }
  }

  /** Closes without flushing. */
  public void abandon() {
    closed = true;
    table.close();
  }

  private void guarded(Runnable work) {
    RuntimeException before = failure;
    if (before != null) {
      StorageException.Kind kind = before instanceof StorageException e ? e.kind() : StorageException.Kind.IO;
      throw new StorageException(
          kind, name + " takes nothing more since an earlier write failed: " + before.getMessage(), before);
    }
    try {
      work.run();
    } catch (RuntimeException e) {
      failure = e;
      throw e;
    }
  }

  private static final class TableBatch implements Batch {
    private final RawBatch raw = new RawBatch();

    @Override
    public void put(byte[] key, byte[] value) {
      StateRecords.put(raw, key, value);
    }

    @Override
    public void delete(byte[] key) {
      raw.delete(Family.STATE, key);
    }

    @Override
    public void deleteRange(byte[] from, byte[] to) {
      raw.deleteRange(Family.STATE, from, to);
    }
  }
}
