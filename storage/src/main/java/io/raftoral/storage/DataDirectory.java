package io.raftoral.storage;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One node's directory: held by one node at a time, and by the node it belongs to.
 *
 * <pre>
 * DIR/lock       locked as long as a node runs
 * DIR/identity   whom the directory belongs to
 * DIR/log/       the Raft log (RocksDB)
 * DIR/state/     the applied state (RocksDB)
 * DIR/*.created  left by each store once it exists, so that its absence is noticed
 * </pre>
 */
public final class DataDirectory implements AutoCloseable {
  private static final String LOCK = "lock";
  private static final String IDENTITY = "identity";
  private static final String IDENTITY_TEMPORARY = "identity.new";
  private static final String LOG = "log";
  private static final String STATE = "state";

  /** What a store's marker is called, after the store. */
  private static final String CREATED = ".created";

  /** What may lie in a directory that has no identity yet: traces of a first start that was cut short, or of mkfs. */
  private static final Set<String> HARMLESS = Set.of(LOCK, IDENTITY_TEMPORARY, "lost+found");

  private final Path directory;
  private final Identity identity;
  private final DirectoryLock lock;

  private DataDirectory(Path directory, Identity identity, DirectoryLock lock) {
    this.directory = directory;
    this.identity = identity;
    this.lock = lock;
  }

  /**
   * Takes a directory for a node. It is created if it does not exist, and marked with the node's identity if it is empty.
   *
   * @throws StorageException if the directory is in use, belongs to somebody else, is damaged or cannot be written to
   */
  public static DataDirectory open(Path directory, Identity identity) {
    try {
      create(directory);
      DirectoryLock lock = DirectoryLock.acquire(directory, directory.resolve(LOCK));
      boolean ready = false;
      try {
        claim(directory, identity);
        ready = true;
        return new DataDirectory(directory, identity, lock);
      } finally {
        if (!ready) {
          lock.close();
        }
      }
    } catch (IOException e) {
      throw translate(directory, e);
    }
  }

  /**
   * Reads whom a directory belongs to without taking it; it may be in use.
   *
   * @throws StorageException if it belongs to nobody, or what it says cannot be read
   */
  public static Identity readIdentity(Path directory) {
    Path file = directory.resolve(IDENTITY);
    try {
      if (!Files.isRegularFile(file)) {
        throw new StorageException(
            StorageException.Kind.FOREIGN,
            directory + " is not the data directory of a node: there is no file " + file + "; check the path");
      }
      return IdentityFile.read(file);
    } catch (IOException e) {
      throw translate(directory, e);
    }
  }

  /** Whom the directory belongs to. */
  public Identity identity() {
    return identity;
  }

  /** The directory itself. */
  public Path path() {
    return directory;
  }

  /** Where the Raft log lives. */
  public Path logPath() {
    return logPath(directory);
  }

  /** Where the applied state lives. */
  public Path statePath() {
    return statePath(directory);
  }

  /** Where a node keeps its log if its data directory is {@code directory}. */
  public static Path logPath(Path directory) {
    return directory.resolve(LOG);
  }

  /** Where a node keeps its state if its data directory is {@code directory}. */
  public static Path statePath(Path directory) {
    return directory.resolve(STATE);
  }

  /** Lets go of the directory. Whatever was opened in it must be closed before. */
  @Override
  public void close() {
    lock.close();
  }

  private static void create(Path directory) throws IOException {
    if (Files.exists(directory) && !Files.isDirectory(directory)) {
      throw new StorageException(
          StorageException.Kind.IO, "data directory " + directory + " is a file; choose another path or remove it");
    }
    boolean fresh = !Files.exists(directory);
    Files.createDirectories(directory);
    Path parent = directory.toAbsolutePath().getParent();
    if (fresh && parent != null) {
      IdentityFile.syncDirectory(parent);
    }
  }

  private static void claim(Path directory, Identity identity) throws IOException {
    Path file = directory.resolve(IDENTITY);
    if (Files.exists(file)) {
      requireSame(directory, IdentityFile.read(file), identity);
      requireLog(directory);
      requireWritable(directory);
      return;
    }
    List<String> names = names(directory);
    if (names.contains(LOG) || names.contains(STATE)) {
      throw new StorageException(
          StorageException.Kind.DAMAGED,
          "data directory " + directory + " holds a node's data but its file " + IDENTITY + " is missing, so it cannot be"
              + " told whose data this is; restore the file from a backup or choose an empty directory");
    }
    List<String> strangers = names.stream().filter(name -> !HARMLESS.contains(name)).toList();
    if (!strangers.isEmpty()) {
      throw new StorageException(
          StorageException.Kind.FOREIGN,
          "directory " + directory + " holds files that are not a node's (such as '" + strangers.getFirst()
              + "'); choose an empty or new directory for the node's data");
    }
    IdentityFile.write(directory, file, directory.resolve(IDENTITY_TEMPORARY), identity);
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void requireWritable(Path directory) {
    if (!Files.isWritable(directory)) {
      throw readOnly(directory, null);
    }
  }

  /**
   * A node opens its log before its state, so where a state was once, a log was too. Without it the node would not know
   * what it has voted and acknowledged. (A state that is gone is no such loss: it is applied again from the log, or the
   * driver refuses because the log does not reach back far enough.)
   */
  private static void requireLog(Path directory) {
    Path log = directory.resolve(LOG + CREATED);
    if (Files.exists(directory.resolve(STATE + CREATED)) && !Files.exists(log)) {
      throw new StorageException(
          StorageException.Kind.DAMAGED,
          "data directory " + directory + " holds a node's state, but its log is gone (there is no " + log
              + "), and with it what the node has promised; restore directory '" + LOG + "' and its files beside it, or"
              + " let the node join its cluster again with an empty data directory");
    }
  }

  private static void requireSame(Path directory, Identity there, Identity wanted) {
    String owner = "data directory " + directory + " belongs to node '" + there.node() + "' of cluster '" + there.cluster() + "'";
    if (!there.cluster().equals(wanted.cluster()) || !there.node().equals(wanted.node())) {
      throw new StorageException(
          StorageException.Kind.FOREIGN,
          owner + ", not to node '" + wanted.node() + "' of cluster '" + wanted.cluster()
              + "'; give this node a directory of its own");
    }
    if (!there.equals(wanted)) {
      throw new StorageException(
          StorageException.Kind.FOREIGN,
          owner + ", which was founded with members " + there.initialMembers() + " and is number " + there.nodeId()
              + "; now it was started as number " + wanted.nodeId() + " with members " + wanted.initialMembers()
              + ". Start it with the members it was founded with, or use an empty directory for another cluster");
    }
  }

  private static StorageException translate(Path directory, IOException e) {
    String reason = e instanceof FileSystemException f ? String.valueOf(f.getReason()) : String.valueOf(e.getMessage());
    String lower = reason.toLowerCase(Locale.ROOT);
    if (e instanceof AccessDeniedException || lower.contains("read-only") || lower.contains("permission denied")) {
      return readOnly(directory, e);
    }
    if (lower.contains("no space left")) {
      return new StorageException(
          StorageException.Kind.FULL,
          "no space is left on the device of data directory " + directory + "; free some and start again", e);
    }
    if (e instanceof FileAlreadyExistsException || lower.contains("not a directory")) {
      return new StorageException(
          StorageException.Kind.IO,
          "data directory " + directory + " cannot be created, because part of the path is a file; choose another path",
          e);
    }
    return new StorageException(
        StorageException.Kind.IO, "data directory " + directory + " cannot be used: " + e, e);
  }

  private static StorageException readOnly(Path directory, @Nullable IOException e) {
    String message =
        "data directory " + directory + " cannot be written to by this user; check its owner, its permissions and how"
            + " its file system is mounted";
    return e == null
        ? new StorageException(StorageException.Kind.READ_ONLY, message)
        : new StorageException(StorageException.Kind.READ_ONLY, message, e);
  }
}
