package io.raftoral.storage.rocksdb;

import io.raftoral.storage.StorageException;
import io.raftoral.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * What has to be known about a database's files before RocksDB may look at them: whether there ought to be any. Left
 * alone, RocksDB takes a directory that has lost its {@code CURRENT} file for a new one and opens an empty database, and
 * does not miss a write-ahead log that is gone: a node would forget its votes without a word.
 *
 * <p>So a store leaves a marker beside its directory once it exists, as in {@code DIR/log.created}.
 */
final class RocksFiles {
  private final Path directory;
  private final Path marker;
  private final String store;

  RocksFiles(Path directory, String store) {
    this.directory = directory.toAbsolutePath();
    this.marker = this.directory.resolveSibling(this.directory.getFileName() + ".created");
    this.store = store;
  }

  /** Whether the store was there once. If so, checks that the files without which it cannot be whole are there. */
  boolean created() {
    try {
      if (!Files.exists(marker)) {
        Files.createDirectories(directory);
        return false;
      }
    } catch (IOException e) {
      throw unreadable(e);
    }
    requireComplete();
    return true;
  }

  /** Checks that the files without which the store cannot be whole are there. */
  void requireComplete() {
    List<String> names;
    try {
      names = names();
    } catch (IOException e) {
      throw unreadable(e);
    }
    if (!names.contains("CURRENT")) {
      throw missing("file " + directory.resolve("CURRENT"));
    }
    if (names.stream().noneMatch(name -> name.endsWith(".log"))) {
      throw missing("the write-ahead log (*.log in " + directory + ")");
    }
  }

  /** The store exists from now on. */
  void markCreated() {
    try {
      if (Files.exists(marker)) {
        return;
      }
      try (FileChannel channel = FileChannel.open(marker, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      try (FileChannel parent = FileChannel.open(marker.resolveSibling("."), StandardOpenOption.READ)) {
        parent.force(true);
      }
    } catch (IOException e) {
      throw new StorageException(
          Kind.IO, store + " was created, but " + marker + " cannot be written: " + e + "; check the disk", e);
    }
  }

  private List<String> names() throws IOException {
    if (!Files.isDirectory(directory)) {
      throw missing("directory " + directory);
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private StorageException unreadable(IOException e) {
    return new StorageException(Kind.IO, store + " cannot be opened: " + e + "; check the path and the disk", e);
  }

  private StorageException missing(String what) {
    return new StorageException(
        Kind.DAMAGED,
        store + " is damaged: " + what + " is missing, although the store was there before. Put the files back, or let the node join its cluster again with an empty data directory");
  }
}
