package io.raftoral.raft.driver;

import io.raftoral.raft.message.SnapshotMetadata;
import java.io.ByteArrayOutputStream;

/** Gathers the parts of an {@link ImageView}, in memory. */
public final class ImageStaging implements SnapshotStaging {
  private final SnapshotMetadata metadata;
  private final ByteArrayOutputStream image = new ByteArrayOutputStream();

  /** An empty staging for the snapshot that {@code metadata} names. */
  public ImageStaging(SnapshotMetadata metadata) {
    this.metadata = metadata;
  }

  /** Which snapshot this is going to be. */
  public SnapshotMetadata metadata() {
    return metadata;
  }

  @Override
  public void add(byte[] data) {
    image.writeBytes(data);
  }

  /** What was gathered so far. */
  public byte[] image() {
    return image.toByteArray();
  }

  @Override
  public void close() {}
}
