package io.raftoral.storage;

/**
 * A directory or a store in it cannot be used, or can no longer be relied upon. The message names the file or directory
 * and says what to do about it.
 */
public final class StorageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** What went wrong. */
  public enum Kind {
    /** Somebody else has it open: another process, or another node in this one. */
    LOCKED,
    /** It belongs to another cluster, node or membership, or to another program. */
    FOREIGN,
    /** It was written by a newer version of this software. */
    NEWER_FORMAT,
    /** What is there is not what was written: a flipped bit, a missing file, a gap in the log. */
    DAMAGED,
    /** The operating system reported an error, or the path does not name a directory. */
    IO,
    /** It must be written to, and that is not permitted. */
    READ_ONLY,
    /** No space is left on the device. */
    FULL,
    /** The store was closed or abandoned. */
    CLOSED
  }

  /** Without a cause. */
  public StorageException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** With a cause. */
  public StorageException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** What went wrong, for programs. */
  public Kind kind() {
    return kind;
  }
}
