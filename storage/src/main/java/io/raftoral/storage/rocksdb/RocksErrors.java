package io.raftoral.storage.rocksdb;

import io.raftoral.storage.StorageException;
import io.raftoral.storage.StorageException.Kind;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.util.Locale;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** Says in our words what RocksDB reports, and what to do about it. */
final class RocksErrors {
  private RocksErrors() {}

  /**
   * An exception for the caller.
   *
   * @param store what and where, as in {@code log store /data/log}
   * @param doing what was tried, as in {@code cannot be opened}
   */
  static StorageException translate(String store, String doing, RocksDBException e) {
    Kind kind = kind(e);
    return new StorageException(kind, store + " " + doing + ": " + e.getMessage() + "; " + remedy(kind), e);
  }

  /** An exception for the caller, for what our own files did. */
  static StorageException translate(String store, String doing, IOException e) {
    String message = String.valueOf(e).toLowerCase(Locale.ROOT);
    Kind kind =
        message.contains("no space left")
            ? Kind.FULL
            : e instanceof AccessDeniedException || message.contains("read-only file system")
                ? Kind.READ_ONLY
                : Kind.IO;
    return new StorageException(kind, store + " " + doing + ": " + e + "; " + remedy(kind), e);
  }

  private static Kind kind(RocksDBException e) {
    Status status = e.getStatus();
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    if (status != null && status.getSubCode() == Status.SubCode.NoSpace || message.contains("no space left")) {
      return Kind.FULL;
    }
    if (message.contains("lock hold by current process") || message.contains("/lock: resource temporarily unavailable")) {
      return Kind.LOCKED;
    }
    if (message.contains("permission denied") || message.contains("read-only file system")) {
      return Kind.READ_ONLY;
    }
    if (status != null && status.getCode() == Status.Code.Corruption
        || message.contains("corrupt")
        || message.contains("no such file")
        || message.contains("does not exist")) {
      return Kind.DAMAGED;
    }
    if (status != null && status.getCode() == Status.Code.NotSupported) {
      return Kind.NEWER_FORMAT;
    }
    return Kind.IO;
  }

  private static String remedy(Kind kind) {
    return switch (kind) {
      case FULL -> "free some space on the device and start the node again";
      case LOCKED -> "stop the process that uses it";
      case READ_ONLY -> "check the owner, the permissions and how the file system is mounted";
      case DAMAGED ->
          "a file is missing or its contents have changed: keep the directory for examination, check the disk, and let the"
              + " node join its cluster again with an empty data directory";
      case NEWER_FORMAT -> "start the newer version of the software that wrote it";
      default -> "check the disk and the system's log, then start the node again";
    };
  }
}
