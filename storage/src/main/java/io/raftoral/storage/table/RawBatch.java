package io.raftoral.storage.table;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A batch of changes, laid out as RocksDB lays out its own write batches and its write-ahead log: one array that crosses
 * into native code in a single call, instead of a call and two copies a key. Encoders write keys and values in place.
 *
 * <pre>
 * batch  := sequence:8 (zero here)  count:4 (little endian)  change*
 * change := 0x01 key value  |  0x05 family key value        put        (family 0 | other families)
 *         | 0x00 key        |  0x04 family key              delete
 *         | 0x0f from to    |  0x0e family from to          delete range
 * key, value, from, to := length (varint) bytes             family := varint
 * </pre>
 *
 * <p>The layout has not changed since LevelDB and is what RocksDB itself finds in its log files after a crash; {@code
 * RawBatchTest} holds it against the batches that RocksDB makes. Not safe for use by several threads.
 */
public final class RawBatch {
  private static final VarHandle BIG_ENDIAN_LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LITTLE_ENDIAN_INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int HEADER_BYTES = 12;
  private static final int COUNT_OFFSET = 8;
  private static final int INITIAL_BYTES = 4 << 10;

  /** An array that grew beyond this is not kept when the batch is cleared. */
  private static final int MAX_KEPT_BYTES = 4 << 20;

  private static final byte DELETE = 0x00;
  private static final byte PUT = 0x01;
  private static final byte FAMILY_DELETE = 0x04;
  private static final byte FAMILY_PUT = 0x05;
  private static final byte FAMILY_DELETE_RANGE = 0x0e;
  private static final byte DELETE_RANGE = 0x0f;

  private final CRC32C crc = new CRC32C();
  private byte[] bytes = new byte[INITIAL_BYTES];
  private int size = HEADER_BYTES;
  private int count;
  private int keyStart;
  private int keyEnd;
  private int valueStart;

  /** Sees the changes of a batch, in order. */
  public interface Changes {
    /** A key was set. */
    void put(Family family, byte[] key, byte[] value);

    /** A key was removed. */
    void delete(Family family, byte[] key);

    /** All keys in {@code [from, to)} were removed. */
    void deleteRange(Family family, byte[] from, byte[] to);
  }

  /** Sets {@code key} to {@code value}; both are copied. */
  public void put(Family family, byte[] key, byte[] value) {
    beginPut(family, key.length);
    write(key);
    beginValue(value.length);
    write(value);
  }

  /** Removes {@code key}. */
  public void delete(Family family, byte[] key) {
    begin(family, DELETE, FAMILY_DELETE);
    writeVarint(key.length);
    write(key);
  }

  /** Removes all keys in {@code [from, to)}. */
  public void deleteRange(Family family, byte[] from, byte[] to) {
    begin(family, DELETE_RANGE, FAMILY_DELETE_RANGE);
    writeVarint(from.length);
    write(from);
    writeVarint(to.length);
    write(to);
  }

  /** Starts a change whose key, of exactly {@code keyLength} bytes, the caller writes next. */
  public void beginPut(Family family, int keyLength) {
    begin(family, PUT, FAMILY_PUT);
    writeVarint(keyLength);
    keyStart = size;
  }

  /** After the key: starts its value, of exactly {@code valueLength} bytes, which the caller writes next. */
  public void beginValue(int valueLength) {
    keyEnd = size;
    writeVarint(valueLength);
    valueStart = size;
  }

  /** Ends a value with the CRC32C, 4 bytes big-endian, of its key and of the value so far. */
  public void endValueWithChecksum() {
    crc.reset();
    crc.update(bytes, keyStart, keyEnd - keyStart);
    crc.update(bytes, valueStart, size - valueStart);
    int checksum = (int) crc.getValue();
    write((byte) (checksum >>> 24));
    write((byte) (checksum >>> 16));
    write((byte) (checksum >>> 8));
    write((byte) checksum);
  }

  /** Writes one byte of a key or value. */
  public void write(byte value) {
    ensure(1);
    bytes[size++] = value;
  }

  /** Writes 8 bytes of a key or value, big-endian. */
  public void write(long value) {
    ensure(Long.BYTES);
    BIG_ENDIAN_LONG.set(bytes, size, value);
    size += Long.BYTES;
  }

  /** Writes bytes of a key or value. */
  public void write(byte[] data) {
    ensure(data.length);
    System.arraycopy(data, 0, bytes, size, data.length);
    size += data.length;
  }

  /** How many changes it holds. */
  public int count() {
    return count;
  }

  /** How many bytes it will take in the write-ahead log. */
  public int sizeBytes() {
    return size;
  }

  /** Forgets all changes. */
  public void clear() {
    if (bytes.length > MAX_KEPT_BYTES) {
      bytes = new byte[INITIAL_BYTES];
    }
    size = HEADER_BYTES;
    count = 0;
  }

  /** The batch in its stored form. */
  public byte[] toByteArray() {
    LITTLE_ENDIAN_INT.set(bytes, COUNT_OFFSET, count);
    return Arrays.copyOf(bytes, size);
  }

  /** Reads the batch back. */
  public void forEach(Changes changes) {
    Reader in = new Reader(bytes, HEADER_BYTES);
    for (int i = 0; i < count; i++) {
      byte tag = bytes[in.at++];
      Family family =
          switch (tag) {
            case PUT, DELETE, DELETE_RANGE -> Family.STATE;
            default -> Family.ofNumber(in.varint());
          };
      switch (tag) {
        case PUT, FAMILY_PUT -> changes.put(family, in.slice(), in.slice());
        case DELETE, FAMILY_DELETE -> changes.delete(family, in.slice());
        case DELETE_RANGE, FAMILY_DELETE_RANGE -> changes.deleteRange(family, in.slice(), in.slice());
        default -> throw new IllegalStateException("batch holds an unknown change " + tag);
      }
    }
    if (in.at != size) {
      throw new IllegalStateException("batch of " + size + " bytes was understood up to byte " + in.at);
    }
  }

  private void begin(Family family, byte tag, byte familyTag) {
    if (family == Family.STATE) {
      write(tag);
    } else {
      write(familyTag);
      writeVarint(family.number());
    }
    count++;
  }

  private void writeVarint(int value) {
    ensure(5);
    int rest = value;
    while ((rest & ~0x7f) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  private void ensure(int more) {
    if (bytes.length - size < more) {
      long wanted = Math.max((long) size + more, Math.min(2L * bytes.length, Integer.MAX_VALUE - 16));
      bytes = Arrays.copyOf(bytes, Math.toIntExact(wanted));
    }
  }

  private static final class Reader {
    private final byte[] bytes;
    private int at;

    Reader(byte[] bytes, int at) {
      this.bytes = bytes;
      this.at = at;
    }

    int varint() {
      int value = 0;
      for (int shift = 0; ; shift += 7) {
        byte next = bytes[at++];
        value |= (next & 0x7f) << shift;
        if (next >= 0) {
          return value;
        }
      }
    }

    byte[] slice() {
      int length = varint();
      byte[] slice = Arrays.copyOfRange(bytes, at, at + length);
      at += length;
      return slice;
    }
  }
}
