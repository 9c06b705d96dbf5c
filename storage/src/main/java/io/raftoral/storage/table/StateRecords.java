package io.raftoral.storage.table;

import io.raftoral.storage.StorageException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The records of the state: the applier's value, then a CRC-32C, 4 bytes big-endian, of key and value. It covers the way
 * through this program's memory and RocksDB's, and a record that turns up under another key.
 */
public final class StateRecords {
  private static final int CHECKSUM_BYTES = Integer.BYTES;

  private StateRecords() {}

  /** Adds a record to a batch. */
  static void put(RawBatch batch, byte[] key, byte[] value) {
    batch.beginPut(Family.STATE, key.length);
    batch.write(key);
    batch.beginValue(value.length + CHECKSUM_BYTES);
    batch.write(value);
    batch.endValueWithChecksum();
  }

  /** What is stored under {@code key} for {@code value}. */
  public static byte[] seal(byte[] key, byte[] value) {
    byte[] stored = Arrays.copyOf(value, value.length + CHECKSUM_BYTES);
    int crc = crc(key, value, value.length);
    for (int i = 0; i < CHECKSUM_BYTES; i++) {
      stored[value.length + i] = (byte) (crc >>> 8 * (CHECKSUM_BYTES - 1 - i));
    }
    return stored;
  }

  /**
   * The value of a record.
   *
   * @param store names the store in the message
   * @throws StorageException of kind {@code DAMAGED} if it is not what was written
   */
  public static byte[] open(String store, byte[] key, byte[] stored) {
    int length = stored.length - CHECKSUM_BYTES;
    if (length >= 0) {
      int crc = 0;
      for (int i = length; i < stored.length; i++) {
        crc = crc << 8 | stored[i] & 0xff;
      }
      if (crc == crc(key, stored, length)) {
        return Arrays.copyOf(stored, length);
      }
    }
    throw new StorageException(
        StorageException.Kind.DAMAGED,
        store + " is damaged: the record " + HexFormat.of().formatHex(key)
            + " does not match its checksum; keep the directory for examination, check disk and memory, and let the node"
            + " join its cluster again with an empty data directory");
  }

  private static int crc(byte[] key, byte[] value, int length) {
    CRC32C crc = new CRC32C();
    crc.update(key);
    crc.update(value, 0, length);
    return (int) crc.getValue();
  }
}
