package io.raftoral.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second node out of a data directory.
 *
 * <p>The file lock keeps other processes out; the operating system lets go of it when the process dies, however it dies.
 * It does not keep this process out (POSIX locks belong to the process, and closing any descriptor of the file drops
 * them), so the directories that are open in this JVM are remembered as well.
 */
final class DirectoryLock implements AutoCloseable {
  private static final Set<Path> OPEN_IN_THIS_PROCESS = ConcurrentHashMap.newKeySet();

  private final Path realDirectory;
  private final FileChannel channel;

  private DirectoryLock(Path realDirectory, FileChannel channel) {
    this.realDirectory = realDirectory;
    this.channel = channel;
  }

  /**
   * Takes the lock of an existing directory.
   *
   * @throws StorageException if somebody else holds it
   */
  static DirectoryLock acquire(Path directory, Path lockFile) throws IOException {
    Path real = directory.toRealPath();
    if (!OPEN_IN_THIS_PROCESS.add(real)) {
      throw new StorageException(
          StorageException.Kind.LOCKED,
          "data directory " + directory + " is already open in this process; give every node a directory of its own,"
              + " or close the node that uses it");
    }
    FileChannel channel = null;
    boolean locked = false;
    try {
      channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      locked = tryLock(channel) != null;
      if (!locked) {
        throw new StorageException(
            StorageException.Kind.LOCKED,
            "data directory " + directory + " is in use by another process, which holds a lock on " + lockFile
                + "; stop that process or choose another directory");
      }
      return new DirectoryLock(real, channel);
    } finally {
      if (!locked) {
        if (channel != null) {
          channel.close();
        }
        OPEN_IN_THIS_PROCESS.remove(real);
      }
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // Somebody in this process locked the file without going through this class.
      return null;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new StorageException(
          StorageException.Kind.IO, "cannot let go of the lock of data directory " + realDirectory + ": " + e, e);
    } finally {
      OPEN_IN_THIS_PROCESS.remove(realDirectory);
    }
  }
}
