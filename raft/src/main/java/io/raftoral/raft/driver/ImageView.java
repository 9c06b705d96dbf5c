package io.raftoral.raft.driver;

import io.raftoral.raft.message.SnapshotMetadata;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** A view of a state that is small enough to be one array. For state machines that live in memory. */
public record ImageView(SnapshotMetadata metadata, byte[] image) implements SnapshotView {

  @Override
  public Part read(byte[] cursor, int maxBytes) {
    if (cursor.length != 0 && cursor.length != Integer.BYTES) {
      throw new IllegalArgumentException("a cursor of " + cursor.length + " bytes was not made here");
    }
    int from = cursor.length == 0 ? 0 : ByteBuffer.wrap(cursor).getInt();
    if (from < 0 || from > image.length) {
      throw new IllegalArgumentException("a cursor at " + from + " of " + image.length + " bytes was not made here");
    }
    int to = Math.min(image.length - from, Math.max(1, maxBytes)) + from;
    byte[] next = to == image.length ? START : ByteBuffer.allocate(Integer.BYTES).putInt(to).array();
    return new Part(Arrays.copyOfRange(image, from, to), next);
  }

  @Override
  public void close() {}
}
