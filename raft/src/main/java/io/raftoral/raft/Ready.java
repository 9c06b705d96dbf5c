package io.raftoral.raft;

import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.Snapshot;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the core wants done, in this order:
 *
 * <ol>
 *   <li>send {@code messages} at once: they promise nothing that is not durable already;
 *   <li>make {@code snapshot}, {@code entries} and {@code hardState} durable, in one atomic write that is synced if
 *       {@code mustSync};
 *   <li>then send {@code messagesAfterPersist}, which promise what was just written, and tell the core by
 *       {@link RawNode#persisted(long)};
 *   <li>apply {@code committedEntries} in order and tell the core by {@link RawNode#applied(long)}.
 * </ol>
 *
 * <p>Steps 2 and 4 may run elsewhere while the core goes on and hands out further Readys, unless {@link
 * RaftConfig#asyncStorage()} is off. Writes must become durable in the order of {@code number}; acknowledging a
 * number acknowledges all smaller ones. A Ready that has nothing to write is acknowledged too, and its {@code
 * messagesAfterPersist} leave, but not before all earlier Readys are durable: they may promise what those contain (an
 * append that repeats known entries is answered so). An embedder that does it all at once may call {@link
 * RawNode#advance(Ready)} instead of both acknowledgements.
 *
 * @param number counts up from 1 with every Ready of one core
 * @param softState role and leader, if one of them changed
 * @param hardState to be persisted, if it changed
 * @param entries to be persisted; they replace whatever the log holds at their first index and after it
 * @param snapshot to be installed in place of log and state, before the entries are appended
 * @param mustSync whether step 2 must reach the disk; false if only the commit index changed or nothing is to be
 *     written
 * @param committedEntries committed, and durable on this node before step 4 is reached; to be applied in order
 * @param readStates reads that may be served once their index is applied
 */
public record Ready(
    long number,
    @Nullable SoftState softState,
    @Nullable HardState hardState,
    List<Entry> entries,
    @Nullable Snapshot snapshot,
    boolean mustSync,
    List<Entry> committedEntries,
    List<Message> messages,
    List<Message> messagesAfterPersist,
    List<ReadState> readStates) {

  /** Whether step 2 has anything to write. */
  public boolean hasWrites() {
    return hardState != null || snapshot != null || !entries.isEmpty();
  }
}
