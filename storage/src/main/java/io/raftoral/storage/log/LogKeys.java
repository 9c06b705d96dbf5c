package io.raftoral.storage.log;

import java.nio.ByteBuffer;

/** Keys of the families {@code log} and {@code meta}; the layout is in {@code docs/storage.md}. */
final class LogKeys {
  /** Group and index. */
  static final int ENTRY_BYTES = 16;
  /** Group and kind of record. */
  static final int META_BYTES = 9;

  /** The group under which the store keeps what belongs to no group. Real groups are positive. */
  static final long STORE = 0;

  static final byte FORMAT = 0;
  static final byte HARD_STATE = 1;
  static final byte START = 2;
  static final byte SNAPSHOT = 3;

  private LogKeys() {}

  /** Big-endian, so that the order of bytes is the order of (group, index). */
  static byte[] entry(long group, long index) {
    return ByteBuffer.allocate(ENTRY_BYTES).putLong(group).putLong(index).array();
  }

  static byte[] meta(long group, byte kind) {
    return ByteBuffer.allocate(META_BYTES).putLong(group).put(kind).array();
  }

  static long group(byte[] key) {
    return ByteBuffer.wrap(key).getLong();
  }

  static long index(byte[] entryKey) {
    return ByteBuffer.wrap(entryKey).getLong(Long.BYTES);
  }
}
