package io.raftoral.workflow.engine.state;

import io.raftoral.raft.driver.SnapshotView;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.storage.StateStore;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The whole of a group's state: in parts, for a node that takes it over or for a backup; and as a digest that nodes
 * compare.
 *
 * <pre>
 * part   := version:1 (key length:4 value length:4 key without the group, value)*
 * cursor := the last key of the part before, without the group
 * </pre>
 */
public final class StateImage {
  static final byte VERSION = 1;

  private StateImage() {}

  /** A digest, and the applied index that it speaks of. */
  public record Digest(long index, String sha256) {}

  /**
   * The state of a group as it is now, to be read in parts.
   *
   * @param applied which prefix of the log it contains
   */
  public static SnapshotView view(KeyLayout keys, StateStore store, SnapshotMetadata applied) {
    return new View(keys, store.view(), applied);
  }

  private record View(KeyLayout keys, StateStore.View held, SnapshotMetadata metadata) implements SnapshotView {
    @Override
    public Part read(byte[] cursor, int maxBytes) {
      byte[] group = keys.groupFrom();
      // The first key after the cursor is the cursor with a zero behind it.
      byte[] from =
          cursor.length == 0
              ? group
              : ByteBuffer.allocate(group.length + cursor.length + 1).put(group).put(cursor).array();
      ByteArrayOutputStream part = new ByteArrayOutputStream();
      part.write(VERSION);
      byte[][] last = {START};
      boolean[] more = {false};
      held.scan(
          from,
          keys.groupTo(),
          (key, value) -> {
            if (part.size() >= maxBytes && last[0].length > 0) {
              more[0] = true;
              return false;
            }
            byte[] own = Arrays.copyOfRange(key, group.length, key.length);
            part.writeBytes(
                ByteBuffer.allocate(2 * Integer.BYTES).putInt(own.length).putInt(value.length).array());
            part.writeBytes(own);
            part.writeBytes(value);
            last[0] = own;
            return true;
          });
      return new Part(part.toByteArray(), more[0] ? last[0] : START);
    }

    @Override
    public void close() {
      held.close();
    }
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

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
