package io.raftoral.storage.table;

import io.raftoral.storage.StateStore;
import io.raftoral.storage.StateStore.Visitor;
import org.jspecify.annotations.Nullable;

/**
 * Ordered keys and values in several families. Batches are atomic and seen at once. A crash leaves a prefix of those
 * appended that contains all from before the last {@link #sync()}.
 *
 * <p>All methods may be called from any thread; {@link #append} from one at a time. All throw {@link
 * io.raftoral.storage.StorageException}: {@code CLOSED} after {@link #close()}, otherwise saying what the disk said.
 */
public interface Table extends AutoCloseable {

  /** The value of {@code key}, or null. */
  byte @Nullable [] get(Family family, byte[] key);

  /** Walks upwards over {@code [from, to)} as it is at this moment. */
  void scan(Family family, byte[] from, byte[] to, Visitor visitor);

  /** Walks downwards over {@code [from, to)} as it is at this moment. */
  void scanBackwards(Family family, byte[] from, byte[] to, Visitor visitor);

  /** Holds a family still as it is now. */
  StateStore.View view(Family family);

  /** Writes a batch. It is not durable before {@link #sync()}. The batch is left as it is. */
  void append(RawBatch batch);

  /** Makes durable what was appended. Blocks. */
  void sync();

  /** Waits for those who are inside, then closes. Nothing is synced. May be called twice. */
  @Override
  void close();
}
