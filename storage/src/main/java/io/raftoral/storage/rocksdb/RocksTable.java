package io.raftoral.storage.rocksdb;

import io.raftoral.storage.StateStore;
import io.raftoral.storage.StateStore.Visitor;
import io.raftoral.storage.StorageException;
import io.raftoral.storage.table.Family;
import io.raftoral.storage.table.RawBatch;
import io.raftoral.storage.table.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.FlushOptions;
import org.rocksdb.IngestExternalFileOptions;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.Snapshot;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * A RocksDB.
 *
 * <p>Calling into RocksDB after it was closed brings down the JVM, so every call is made under a shared lock which closing
 * takes alone. Closing waits for calls that are under way; walks look up now and then and end early.
 */
final class RocksTable implements Table {
  private final String store;
  private final RocksTuning tuning;
  private final RocksDB db;
  private final Map<Family, ColumnFamilyHandle> handles = new EnumMap<>(Family.class);
  private final WriteOptions unsynced = new WriteOptions();

  /** Views that were not closed. */
  private final Set<HeldView> views = ConcurrentHashMap.newKeySet();

  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private volatile boolean closed;

  private RocksTable(String store, RocksTuning tuning, RocksDB db, List<ColumnFamilyHandle> handles) {
    this.store = store;
    this.tuning = tuning;
    this.db = db;
    unsynced.setDisableWAL(!tuning.writeAhead());
    for (ColumnFamilyHandle handle : handles) {
      this.handles.put(family(handle.getID()), handle);
    }
  }

  /**
   * Opens a database and takes over {@code tuning}, which is closed with it or if it cannot be opened.
   *
   * @param store names it in messages
   * @param mode what may be done with it
   */
  static RocksTable open(Path directory, String store, RocksTuning tuning, Mode mode) {
    List<ColumnFamilyDescriptor> descriptors = tuning.families();
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    boolean open = false;
    try {
      boolean create = mode == Mode.CREATE;
      tuning.options().setCreateIfMissing(create).setCreateMissingColumnFamilies(create);
      RocksDB db =
          mode == Mode.READ_ONLY
              ? RocksDB.openReadOnly(tuning.options(), directory.toString(), descriptors, handles)
              : RocksDB.open(tuning.options(), directory.toString(), descriptors, handles);
      open = true;
      return new RocksTable(store, tuning, db, handles);
    } catch (RocksDBException e) {
      throw RocksErrors.translate(store, "cannot be opened", e);
    } finally {
      if (!open) {
        tuning.close();
      }
    }
  }

  /** How a database is opened. */
  enum Mode {
    /** It is new, or its creation was cut short. */
    CREATE,
    /** It must be there. */
    EXISTING,
    /** It must be there, may be in use by somebody else, and is not changed. */
    READ_ONLY
  }

  @Override
  public byte @Nullable [] get(Family family, byte[] key) {
    enter();
    try {
      return db.get(handle(family), key);
    } catch (RocksDBException e) {
      throw RocksErrors.translate(store, "cannot be read", e);
    } finally {
      leave();
    }
  }

  @Override
  public void scan(Family family, byte[] from, byte[] to, Visitor visitor) {
    walk(family, from, to, visitor, false, null);
  }

  @Override
  public void scanBackwards(Family family, byte[] from, byte[] to, Visitor visitor) {
    walk(family, from, to, visitor, true, null);
  }

  private void walk(
      Family family, byte[] from, byte[] to, Visitor visitor, boolean backwards, @Nullable Snapshot held) {
    enter();
    // An iterator sees the database as it was when it was made; the bounds keep it from reading blocks beyond them.
    try (Slice lower = new Slice(from);
        Slice upper = new Slice(to);
        ReadOptions options = new ReadOptions().setIterateLowerBound(lower).setIterateUpperBound(upper);
        RocksIterator iterator = db.newIterator(handle(family), held == null ? options : options.setSnapshot(held))) {
      if (backwards) {
        iterator.seekToLast();
      } else {
        iterator.seekToFirst();
      }
      while (iterator.isValid()) {
        requireOpen();
        if (!visitor.visit(iterator.key(), iterator.value())) {
          return;
        }
        if (backwards) {
          iterator.prev();
        } else {
          iterator.next();
        }
      }
      // An iterator that met a bad block looks like one that is at its end.
      iterator.status();
    } catch (RocksDBException e) {
      throw RocksErrors.translate(store, "cannot be read", e);
    } finally {
      leave();
    }
  }

  @Override
  public StateStore.View view(Family family) {
    enter();
    try {
      HeldView view = new HeldView(family, db.getSnapshot());
      views.add(view);
      return view;
    } finally {
      leave();
    }
  }

  /** A RocksDB snapshot; the store lets go of those that are still held when it closes. */
  private final class HeldView implements StateStore.View {
    private final Family family;
    private final Snapshot held;

    HeldView(Family family, Snapshot held) {
      this.family = family;
      this.held = held;
    }

    @Override
    public void scan(byte[] from, byte[] to, Visitor visitor) {
      enter();
      try {
        if (!views.contains(this)) {
          throw new StorageException(StorageException.Kind.CLOSED, "a view of " + store + " is closed");
        }
        walk(family, from, to, visitor, false, held);
      } finally {
        leave();
      }
    }

    @Override
    public void close() {
      lock.readLock().lock();
      try {
        release();
      } finally {
        lock.readLock().unlock();
      }
    }

    private void release() {
      if (views.remove(this)) {
        db.releaseSnapshot(held);
      }
    }
  }

  /**
   * Replaces everything in {@code [from, to)} of the state by the content of table files, which RocksDB takes away. Done in
   * steps, of which nobody who reads sees anything, but a crash does: the caller repeats it then.
   */
  void replaceRange(byte[] from, byte[] to, List<String> files) {
    if (lock.getReadHoldCount() > 0) {
      throw new IllegalStateException(store + " cannot be changed by a visitor that walks over it");
    }
    lock.writeLock().lock();
    try (IngestExternalFileOptions options =
        new IngestExternalFileOptions().setMoveFiles(true).setWriteGlobalSeqno(false)) {
      requireOpen();
      ColumnFamilyHandle state = handle(Family.STATE);
      // Most files go as a whole, unless a view still needs them. What is left in others is covered by the deletion, and
      // compacted away so that the new files, which lie above it, can go to the last level.
      if (views.isEmpty()) {
        db.deleteFilesInRanges(state, List.of(from, to), false);
      }
      db.deleteRange(state, unsynced, from, to);
      writeTables(List.of(state));
      db.compactRange(state, from, to);
      if (!files.isEmpty()) {
        db.ingestExternalFile(state, files, options);
      }
    } catch (RocksDBException e) {
      throw RocksErrors.translate(store, "cannot take over new content", e);
    } finally {
      lock.writeLock().unlock();
    }
  }

  RocksTuning tuning() {
    return tuning;
  }

  @Override
  public void append(RawBatch batch) {
    enter();
    try (WriteBatch raw = new WriteBatch(batch.toByteArray())) {
      db.write(unsynced, raw);
    } catch (RocksDBException e) {
      throw RocksErrors.translate(store, "cannot be written", e);
    } finally {
      leave();
    }
  }

  @Override
  public void sync() {
    enter();
    try {
      if (tuning.writeAhead()) {
        db.flushWal(true);
        NewestWal wal = tuning.newestWal();
        if (wal != null) {
          wal.synced();
        }
      } else {
        writeTables(handles.values());
      }
    } catch (RocksDBException e) {
      throw RocksErrors.translate(store, "cannot be synced", e);
    } finally {
      leave();
    }
  }

  /** A number that RocksDB reports about one family, as in {@code rocksdb.estimate-live-data-size}. */
  long property(Family family, String name) {
    enter();
    try {
      return db.getLongProperty(handle(family), name);
    } catch (RocksDBException e) {
      throw RocksErrors.translate(store, "cannot be asked for " + name, e);
    } finally {
      leave();
    }
  }

  /** Reads every block of every file and compares it with its checksum. */
  void verifyChecksums() {
    enter();
    try {
      db.verifyChecksum();
    } catch (RocksDBException e) {
      throw RocksErrors.translate(store, "does not hold what was written", e);
    } finally {
      leave();
    }
  }

  /** Writes the in-memory tables of a family to files. */
  void flushTables(Family family) {
    enter();
    try {
      writeTables(List.of(handle(family)));
    } catch (RocksDBException e) {
      throw RocksErrors.translate(store, "cannot be written", e);
    } finally {
      leave();
    }
  }

  private void writeTables(Collection<ColumnFamilyHandle> families) throws RocksDBException {
    try (FlushOptions options = new FlushOptions().setWaitForFlush(true)) {
      db.flush(options, List.copyOf(families));
    }
  }

  @Override
  public void close() {
    if (lock.getReadHoldCount() > 0) {
      throw new IllegalStateException(store + " cannot be closed by a visitor that walks over it");
    }
    closed = true;
    lock.writeLock().lock();
    try {
      if (!db.isOwningHandle()) {
        return;
      }
      List.copyOf(views).forEach(HeldView::release);
      handles.values().forEach(ColumnFamilyHandle::close);
      db.close();
      unsynced.close();
      tuning.close();
    } finally {
      lock.writeLock().unlock();
    }
  }

  private ColumnFamilyHandle handle(Family family) {
    ColumnFamilyHandle handle = handles.get(family);
    if (handle == null) {
      throw new IllegalArgumentException(store + " has no family " + family.storedName());
    }
    return handle;
  }

  private static Family family(int number) {
    for (Family family : Family.values()) {
      if (family.number() == number) {
        return family;
      }
    }
    throw new IllegalStateException("RocksDB gave a column family the unexpected number " + number);
  }

  private void enter() {
    lock.readLock().lock();
    if (closed) {
      lock.readLock().unlock();
      requireOpen();
    }
  }

  private void leave() {
    lock.readLock().unlock();
  }

  private void requireOpen() {
    if (closed) {
      throw new StorageException(StorageException.Kind.CLOSED, store + " is closed");
    }
  }
}
