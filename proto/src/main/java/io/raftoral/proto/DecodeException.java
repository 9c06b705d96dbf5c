package io.raftoral.proto;

/**
 * Bytes that are no valid record: cut off, of an unknown kind, or with a value that cannot be. Checked, because bytes
 * come from a network or a disk and may always be wrong: the reader has to decide what that means.
 */
public final class DecodeException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The message names the record, the field, and what is wrong with it. */
  public DecodeException(String message) {
    super(message);
  }

  /** As above, with the failure of the layer below. */
  public DecodeException(String message, Throwable cause) {
    super(message, cause);
  }
}
