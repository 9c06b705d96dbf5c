package io.raftoral.storage.rocksdb;

import io.raftoral.storage.StorageException;
import io.raftoral.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractEventListener;
import org.rocksdb.MemTableInfo;
import org.rocksdb.RocksDB;

/**
 * Notices that the newest write-ahead log of a database is gone. RocksDB notes in its manifest which logs are complete, and
 * misses those; of the newest it knows nothing, and takes its absence for a log that was just about to be made.
 *
 * <p>So its number is kept in a file beside the database, {@code DIR/log.wal}. RocksDB never removes the newest log, and
 * numbers only grow: if no log has that number or a greater one, one is missing. The file is written when RocksDB has begun
 * another log, which it does with each new in-memory table, before anything is acknowledged that is in it. That is once for
 * every few megabytes, not once for every sync.
 */
final class NewestWal extends AbstractEventListener {
  static {
    RocksDB.loadLibrary();
  }

  private static final String MAGIC = "raftoral-wal 1";
  private static final String SUFFIX = ".log";
  private static final long NONE = -1;

  private final Path directory;
  private final Path file;
  private final String store;
  private volatile boolean switched = true;
  private long noted = NONE;

  NewestWal(Path directory, String store) {
    super(EnabledEventCallback.ON_MEMTABLE_SEALED);
    this.directory = directory.toAbsolutePath();
    this.file = this.directory.resolveSibling(this.directory.getFileName() + ".wal");
    this.store = store;
  }

  /** Another log may have been begun. Called by RocksDB within the write that begins it. */
  @Override
  public void onMemTableSealed(@Nullable MemTableInfo info) {
    switched = true;
  }

  /** Checks that no log is missing. Before the database is opened. */
  void check() {
    try {
      if (!Files.exists(file)) {
        return;
      }
      long expected = read();
      long newest = newest();
      if (newest < expected) {
        throw new StorageException(
            Kind.DAMAGED,
            store + " is damaged: the write-ahead log " + directory.resolve(String.format("%06d.log", expected))
                + " is missing, and with it what this node promised last. Put the file back, or let the node join its"
                + " cluster again with an empty data directory");
      }
    } catch (IOException e) {
      throw RocksErrors.translate(store, "cannot look for its write-ahead logs", e);
    }
  }

  /** Notes the newest log if it is another one than before. After a sync, before it is acknowledged. */
  void synced() {
    if (!switched) {
      return;
    }
    switched = false;
    try {
      long newest = newest();
      if (newest != noted) {
        write(newest);
        noted = newest;
      }
    } catch (IOException e) {
      throw RocksErrors.translate(store, "cannot note its newest write-ahead log in " + file, e);
    }
  }

  private long newest() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(each -> each.getFileName().toString())
          .filter(name -> name.endsWith(SUFFIX) && name.chars().limit(name.length() - 4L).allMatch(Character::isDigit))
          .mapToLong(name -> Long.parseLong(name.substring(0, name.length() - SUFFIX.length())))
          .max()
          .orElse(NONE);
    }
  }

  private long read() throws IOException {
    String text = Files.readString(file);
    String body = text.lines().limit(2).reduce("", (a, b) -> a + b + "\n");
    String number = body.substring(Math.min(body.length(), MAGIC.length() + 1)).strip();
    if (!text.equals(withChecksum(body)) || !number.matches("newest \\d{1,18}")) {
      throw new StorageException(
          Kind.DAMAGED,
          file + " is damaged: it does not match its checksum; if " + directory
              + " is known to be whole, remove this file, else let the node join its cluster again with an empty data"
              + " directory");
    }
    return Long.parseLong(number.substring("newest ".length()));
  }

  private void write(long number) throws IOException {
    Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
    try (FileChannel out =
        FileChannel.open(
            temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
      ByteBuffer bytes =
          ByteBuffer.wrap(withChecksum(MAGIC + "\nnewest " + number + "\n").getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel parent = FileChannel.open(file.resolveSibling("."), StandardOpenOption.READ)) {
      parent.force(true);
    }
  }

  private static String withChecksum(String body) {
    CRC32C crc = new CRC32C();
    crc.update(body.getBytes(StandardCharsets.UTF_8));
    return body + String.format("crc32c %08x", crc.getValue()) + "\n";
  }
}
