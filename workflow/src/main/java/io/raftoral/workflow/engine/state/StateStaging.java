package io.raftoral.workflow.engine.state;

import io.raftoral.raft.driver.SnapshotStaging;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.storage.StateStore;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Gathers the parts of a state that a {@link StateImage} gave, beside the present state. */
public final class StateStaging implements SnapshotStaging {
  private final SnapshotMetadata expected;
  private final byte[] group;
  private final byte[] meta;
  private final StateStore.Replacement replacement;
  private @Nullable SnapshotMetadata found;

  /**
   * An empty staging.
   *
   * @param expected which prefix of the log the parts claim to contain
   */
  public StateStaging(KeyLayout keys, StateStore store, SnapshotMetadata expected) {
    this.expected = expected;
    this.group = keys.groupFrom();
    this.meta = keys.meta();
    this.replacement = store.replace(keys.groupFrom(), keys.groupTo());
  }

  /**
   * Takes a part.
   *
   * @throws IllegalArgumentException if it is none, is of another version, or does not follow the one before
   */
  @Override
  public void add(byte[] data) {
    try {
      ByteBuffer part = ByteBuffer.wrap(data);
      byte version = part.get();
      if (version != StateImage.VERSION) {
        throw new IllegalArgumentException(
            "a part of a state has version " + version + ", this release knows version " + StateImage.VERSION
                + "; use the release that wrote it, or a newer one");
      }
      while (part.hasRemaining()) {
        byte[] key = new byte[checked(part.getInt(), part) + group.length];
        byte[] value = new byte[checked(part.getInt(), part)];
        System.arraycopy(group, 0, key, 0, group.length);
        part.get(key, group.length, key.length - group.length).get(value);
        if (Arrays.equals(key, meta)) {
          found = Meta.decode(value).applied();
        }
        replacement.put(key, value);
      }
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("a part of a state is cut off after " + data.length + " bytes", e);
    }
  }

  private static int checked(int length, ByteBuffer in) {
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("a part of a state holds a record of " + length + " bytes; it is damaged");
    }
    return length;
  }

  /**
   * Puts the new state in the place of the old. Durable when this returns; a crash before that leaves the one or the
   * other.
   *
   * @throws IllegalStateException if it is not the state that was announced; nothing is changed then
   */
  void install() {
    if (!expected.equals(found)) {
      throw new IllegalStateException("a state that claims to be at " + expected + " is at " + found);
    }
    replacement.install();
  }

  @Override
  public void close() {
    replacement.close();
  }
}
