package io.raftoral.storage.rocksdb;

import io.raftoral.storage.StateStore;
import io.raftoral.storage.table.Family;
import io.raftoral.storage.table.StateFormat;
import io.raftoral.storage.table.Table;
import io.raftoral.storage.table.TableStateStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The applied state of a node in one RocksDB without a write-ahead log: the Raft log is one. Batches are in memory until
 * a table of them is full or {@link #flush()} writes it out.
 */
public final class RocksStateStore implements StateStore {
  private final RocksTable rocks;
  private final TableStateStore store;

  private final Path directory;
  private final String name;

  private RocksStateStore(RocksTable rocks, TableStateStore store, Path directory, String name) {
    this.rocks = rocks;
    this.store = store;
    this.directory = directory;
    this.name = name;
  }

  /**
   * Opens the store in {@code directory}, created if it was never there.
   *
   * @throws io.raftoral.storage.StorageException if it is in use, damaged, of a newer format, or the disk fails
   */
  public static RocksStateStore open(Path directory, StateStoreOptions options) {
    return open(directory, options, UnaryOperator.identity());
  }

  /**
   * For tests.
   *
   * @param disk may put something that fails between the store and the database
   */
  static RocksStateStore open(Path directory, StateStoreOptions options, UnaryOperator<Table> disk) {
    String name = "state store " + directory;
    RocksFiles files = new RocksFiles(directory, name);
    boolean created = files.created();
    RocksTable rocks =
        RocksTable.open(
            directory,
            name,
            RocksTuning.forState(options),
            created ? RocksTable.Mode.EXISTING : RocksTable.Mode.CREATE);
    boolean ready = false;
    try {
      if (created) {
        StateFormat.check(rocks, name);
      } else {
        StateFormat.stamp(rocks);
      }
      for (IncomingRange range : IncomingRange.toInstall(directory)) {
        FileReplacement.installDecided(rocks, name, range);
      }
      files.markCreated();
      ready = true;
      return new RocksStateStore(rocks, new TableStateStore(disk.apply(rocks), name), directory, name);
    } catch (IOException e) {
      throw RocksErrors.translate(name, "cannot look for new content in " + IncomingRange.parent(directory), e);
    } finally {
      if (!ready) {
        rocks.close();
      }
    }
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return store.get(key);
  }

  @Override
  public void write(Batch batch) {
    store.write(batch);
  }

  @Override
  public Batch newBatch() {
    return store.newBatch();
  }

  @Override
  public void scan(byte[] from, byte[] to, Visitor visitor) {
    store.scan(from, to, visitor);
  }

  @Override
  public void scanBackwards(byte[] from, byte[] to, Visitor visitor) {
    store.scanBackwards(from, to, visitor);
  }

  @Override
  public View view() {
    return store.view();
  }

  @Override
  public Replacement replace(byte[] from, byte[] to) {
    return new FileReplacement(rocks, store, directory, name, from, to);
  }

  @Override
  public void flush() {
    store.flush();
  }

  RocksTable table() {
    return rocks;
  }

  /** What the state takes on disk and in memory that is not yet on disk, about, in bytes. */
  public long sizeBytes() {
    return rocks.property(Family.STATE, "rocksdb.total-sst-files-size")
        + rocks.property(Family.STATE, "rocksdb.cur-size-all-mem-tables");
  }

  /**
   * Waits for calls that are under way (walks are ended with an exception), makes everything durable and closes. Throws
   * what {@link #flush()} throws, after closing.
   */
  @Override
  public void close() {
    store.close();
  }

  /**
   * As if the process had been killed: nothing is flushed. Later calls throw {@code StorageException.Kind.CLOSED}. The
   * directory may be opened again at once.
   */
  public void abandon() {
    store.abandon();
  }
}
