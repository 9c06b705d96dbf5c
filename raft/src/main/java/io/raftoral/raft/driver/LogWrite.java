package io.raftoral.raft.driver;

import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one group wants written atomically.
 *
 * @param hardState the new hard state, null if unchanged
 * @param snapshot if not null, the log is replaced: everything up to its index is gone, and what follows is
 *     {@code entries}
 * @param entries replace whatever is stored at the first one's index and after it
 * @param sync whether {@link LogStore.Completion#written()} promises that it survives a power cut
 */
public record LogWrite(
    long group,
    @Nullable HardState hardState,
    @Nullable SnapshotMetadata snapshot,
    List<Entry> entries,
    boolean sync) {}
