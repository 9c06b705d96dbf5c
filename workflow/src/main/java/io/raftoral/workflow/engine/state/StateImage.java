package io.raftoral.workflow.engine.state;

import io.raftoral.storage.StateStore;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/**
 * The whole of a group's state: as an image that another node installs, and as a digest that nodes compare.
 *
 * <pre>
 * magic:4 version:4
 * (key length:4 value length:4 key without the group, value)*
 * -1:4 count:8 CRC-32C of all bytes before it:4
 * </pre>
 */
public final class StateImage {
  private static final int MAGIC = 0x52_53_54_31;
  private static final int VERSION = 1;
  private static final int END = -1;
  private static final int HEADER_BYTES = 2 * Integer.BYTES;
  private static final int TRAILER_BYTES = Integer.BYTES + Long.BYTES + Integer.BYTES;

  private StateImage() {}

  /** A digest, and the applied index that it speaks of. */
  public record Digest(long index, String sha256) {}

  /** The state of a group, as one consistent image. */
  public static byte[] take(KeyLayout keys, StateStore store) {
    ByteArrayOutputStream image = new ByteArrayOutputStream();
    image.writeBytes(ByteBuffer.allocate(HEADER_BYTES).putInt(MAGIC).putInt(VERSION).array());
    long[] count = {0};
    store.scan(
        keys.groupFrom(),
        keys.groupTo(),
        (key, value) -> {
          int keyBytes = key.length - KeyLayout.groupBytes();
          image.writeBytes(
              ByteBuffer.allocate(2 * Integer.BYTES).putInt(keyBytes).putInt(value.length).array());
          image.write(key, KeyLayout.groupBytes(), keyBytes);
          image.writeBytes(value);
          count[0]++;
          return true;
        });
    image.writeBytes(ByteBuffer.allocate(Integer.BYTES + Long.BYTES).putInt(END).putLong(count[0]).array());
    byte[] sofar = image.toByteArray();
    return ByteBuffer.allocate(sofar.length + Integer.BYTES).put(sofar).putInt(crc(sofar, sofar.length)).array();
  }

  /**
   * Replaces the state of a group by an image. Durable when this returns; a crash before that leaves the one or the
   * other.
   *
   * @throws IllegalArgumentException if the image is damaged or of another version; nothing was changed
   */
  static void restore(KeyLayout keys, StateStore store, byte[] image) {
    ByteBuffer buffer = checked(image);
    StateStore.Batch batch = store.newBatch();
    batch.deleteRange(keys.groupFrom(), keys.groupTo());
    byte[] group = keys.groupFrom();
    for (int keyBytes = buffer.getInt(); keyBytes != END; keyBytes = buffer.getInt()) {
      byte[] value = new byte[buffer.getInt()];
      byte[] key = ByteBuffer.allocate(group.length + keyBytes).put(group).array();
      buffer.get(key, group.length, keyBytes).get(value);
      batch.put(key, value);
    }
    store.write(batch);
    store.flush();
  }

  private static ByteBuffer checked(byte[] image) {
    if (image.length < HEADER_BYTES + TRAILER_BYTES) {
      throw new IllegalArgumentException("a state image of " + image.length + " bytes is cut off");
    }
    ByteBuffer buffer = ByteBuffer.wrap(image);
    int crcAt = image.length - Integer.BYTES;
    if (buffer.getInt(crcAt) != crc(image, crcAt)) {
      throw new IllegalArgumentException("a state image of " + image.length + " bytes is damaged: checksum mismatch");
    }
    int magic = buffer.getInt();
    int version = buffer.getInt();
    if (magic != MAGIC || version != VERSION) {
      throw new IllegalArgumentException(
          "a state image of version " + version + " is not known to this release (known is " + VERSION + ")");
    }
    return buffer;
  }

  /** SHA-256 over all keys and values of a group, in order, each with its length; the group's number is left out. */
  public static Digest digest(KeyLayout keys, StateStore store) {
    MessageDigest sha = sha256();
    byte[] meta = keys.meta();
    long[] index = {0};
    store.scan(
        keys.groupFrom(),
        keys.groupTo(),
        (key, value) -> {
          int keyBytes = key.length - KeyLayout.groupBytes();
          sha.update(ByteBuffer.allocate(2 * Integer.BYTES).putInt(keyBytes).putInt(value.length).array());
          sha.update(key, KeyLayout.groupBytes(), keyBytes);
          sha.update(value);
          if (Arrays.equals(key, meta)) {
            index[0] = Meta.decode(value).applied().index();
          }
          return true;
        });
    return new Digest(index[0], HexFormat.of().formatHex(sha.digest()));
  }

  private static int crc(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
