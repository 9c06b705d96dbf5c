package io.raftoral.storage.rocksdb;

import io.raftoral.storage.StateStore;
import io.raftoral.storage.StorageException;
import io.raftoral.storage.table.StateRecords;
import io.raftoral.storage.table.TableStateStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.EnvOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDBException;
import org.rocksdb.SstFileReader;
import org.rocksdb.SstFileWriter;

/**
 * New content for a range, written to table files beside the store as it comes, so that it needs memory for no more than
 * a block and the index of one file; then given to RocksDB, which takes the files as they are.
 */
final class FileReplacement implements StateStore.Replacement {
  /** A file is closed when it has taken so many bytes of keys and values. */
  static final long FILE_BYTES = 64L << 20;

  private final RocksTable rocks;
  private final TableStateStore store;
  private final String name;
  private final IncomingRange range;
  private final EnvOptions environment = new EnvOptions();
  private final Options options;
  private @Nullable SstFileWriter writer;
  private int files;
  private long fileBytes;
  private byte @Nullable [] last;
  private boolean closed;

  FileReplacement(RocksTable rocks, TableStateStore store, Path state, String name, byte[] from, byte[] to) {
    this.rocks = rocks;
    this.store = store;
    this.name = name;
    try {
      this.range = IncomingRange.create(state, from, to);
    } catch (IOException e) {
      throw RocksErrors.translate(name, "cannot make room for new content in " + IncomingRange.parent(state), e);
    }
    this.options = rocks.tuning().forIncomingFiles();
  }

  @Override
  public void put(byte[] key, byte[] value) {
    if (Arrays.compareUnsigned(key, range.from()) < 0 || Arrays.compareUnsigned(key, range.to()) >= 0) {
      throw new IllegalArgumentException("a key is outside of the range that is replaced");
    }
    byte[] before = last;
    if (before != null && Arrays.compareUnsigned(key, before) <= 0) {
      throw new IllegalArgumentException("a key does not come after the one before it");
    }
    requireOpen();
    try {
      SstFileWriter current = writer;
      if (current == null) {
        current = new SstFileWriter(environment, options);
        writer = current;
        fileBytes = 0;
        current.open(range.newFile(++files).toString());
      }
      current.put(key, StateRecords.seal(key, value));
      last = key.clone();
      fileBytes += key.length + value.length;
      if (fileBytes >= FILE_BYTES) {
        finishFile();
      }
    } catch (RocksDBException e) {
      throw RocksErrors.translate(name, "cannot write new content to " + range, e);
    }
  }

  void finishFile() {
    SstFileWriter current = writer;
    if (current != null) {
      writer = null;
      try (current) {
        // Also makes the file durable.
        current.finish();
      } catch (RocksDBException e) {
        throw RocksErrors.translate(name, "cannot write new content to " + range, e);
      }
    }
  }

  @Override
  public void install() {
    IncomingRange complete = complete();
    store.exclusively(() -> installDecided(rocks, name, complete));
    close();
  }

  /** Makes the new content complete and durable; when this returns it counts. */
  IncomingRange complete() {
    requireOpen();
    finishFile();
    try {
      verify(range.files());
      range.decide();
      return range;
    } catch (RocksDBException e) {
      throw RocksErrors.translate(name, "cannot complete new content in " + range, e);
    } catch (IOException e) {
      throw RocksErrors.translate(name, "cannot complete new content in " + range, e);
    }
  }

  /** Nothing that changed since it was written may take the place of something that is sound. */
  private void verify(List<Path> written) throws RocksDBException {
    for (Path file : written) {
      try (SstFileReader reader = new SstFileReader(options)) {
        reader.open(file.toString());
        reader.verifyChecksum();
      }
    }
  }

  /** Does what the note in the range's directory says, and removes the directory. May be repeated at any point. */
  static void installDecided(RocksTable rocks, String name, IncomingRange range) {
    try {
      rocks.replaceRange(range.from(), range.to(), range.links());
      range.delete();
    } catch (IOException e) {
      throw RocksErrors.translate(name, "cannot install new content from " + range, e);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new StorageException(StorageException.Kind.CLOSED, "a replacement in " + name + " is closed");
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (writer != null) {
      writer.close();
      writer = null;
    }
    options.close();
    environment.close();
  }
}
