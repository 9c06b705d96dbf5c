package io.raftoral.raft.driver;

import io.raftoral.raft.RawNode;
import io.raftoral.raft.message.Snapshot;
import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of one group: when one is taken, which one followers get, and how far the log may be compacted.
 *
 * <p>The log is compacted up to the least of: the newest snapshot less the tail that is kept for followers that are a
 * little behind; what the state machine holds durably; the snapshots that are on their way to followers, who need what
 * comes after them. When only the durable index holds it back, the state machine is asked for it again with each batch.
 */
final class Snapshots {
  private final GroupConfig config;
  private final int timeoutTicks;

  /** Snapshots under way to followers, by node. Each is forgotten after {@code timeoutTicks}. */
  private final SortedMap<Long, Sent> sent = new TreeMap<>();

  private @Nullable Snapshot newest;
  private boolean taking;

  /** Entries in the log, and bytes applied, since the newest snapshot. */
  private long entriesSince;

  private long bytesSince;
  private long durableIndex;
  private long compacted;

  Snapshots(GroupConfig config, int timeoutTicks, long firstIndex, long applied) {
    this.config = config;
    this.timeoutTicks = timeoutTicks;
    this.compacted = firstIndex - 1;
    this.entriesSince = applied - compacted;
  }

  /** The newest snapshot, null if there is none; then {@link #isDue} is true until one is taken. */
  @Nullable Snapshot newest() {
    return newest;
  }

  /** Entries were applied. */
  void applied(long entries, long bytes) {
    entriesSince += entries;
    bytesSince += bytes;
  }

  /** Whether it is time to take a snapshot; from then on one is being taken. */
  boolean isDue(boolean wanted) {
    if (taking) {
      return false;
    }
    boolean grown = entriesSince >= config.snapshotEntries() || bytesSince >= config.snapshotBytes();
    long lastBytes = newest == null ? 0 : newest.data().length;
    if (grown && bytesSince >= lastBytes || wanted && newest == null) {
      taking = true;
      return true;
    }
    return false;
  }

  /** A snapshot was taken. */
  void taken(Snapshot snapshot, long durable) {
    taking = false;
    keep(snapshot);
    durableIndex = Math.max(durableIndex, durable);
  }

  /** A snapshot was received, and is durable in the state machine; it can be passed on. */
  void restored(Snapshot snapshot) {
    keep(snapshot);
    durableIndex = Math.max(durableIndex, snapshot.metadata().index());
    compacted = Math.max(compacted, snapshot.metadata().index());
  }

  /** The state machine told what it holds durably. */
  void durable(long index) {
    durableIndex = Math.max(durableIndex, index);
  }

  /** Whether the state machine's durable index is what keeps the log from being compacted. */
  boolean wantsDurableIndex() {
    return wanted() > durableIndex;
  }

  /** Up to where the log may be compacted now; 0 if that would not be worth while. */
  long compactTo() {
    long wanted = wanted();
    long to = Math.min(wanted, durableIndex);
    for (Sent one : sent.values()) {
      to = Math.min(to, one.index);
    }
    // Small steps are not worth a call; the last one is.
    long worthWhile = Math.max(1, config.snapshotEntries() / 4);
    if (to <= compacted || to < wanted && to - compacted < worthWhile) {
      return 0;
    }
    compacted = to;
    return to;
  }

  /** A snapshot goes to {@code node}. */
  void sent(long node, long index, long tick) {
    sent.put(node, new Sent(index, tick + timeoutTicks));
  }

  /** {@code node} holds the log up to {@code match}. */
  void acknowledged(long node, long match) {
    if (!sent.isEmpty()) {
      Sent one = sent.get(node);
      if (one != null && one.index <= match) {
        sent.remove(node);
      }
    }
  }

  /** The snapshot to {@code node} is lost; the core sends another one. */
  void lost(RawNode core, long node) {
    if (!sent.isEmpty() && sent.remove(node) != null) {
      core.reportSnapshot(node, false);
    }
  }

  /** Time passes: a snapshot that was not acknowledged in time is taken for lost. */
  void tick(RawNode core, long tick) {
    if (sent.isEmpty()) {
      return;
    }
    for (Iterator<Map.Entry<Long, Sent>> each = sent.entrySet().iterator(); each.hasNext(); ) {
      Map.Entry<Long, Sent> one = each.next();
      if (one.getValue().deadline <= tick) {
        each.remove();
        core.reportSnapshot(one.getKey(), false);
      }
    }
  }

  /** This node does not lead any more; what it sent is no concern of its core. */
  void leadershipLost() {
    sent.clear();
  }

  private long wanted() {
    return newest == null ? 0 : newest.metadata().index() - config.keepEntries();
  }

  private void keep(Snapshot snapshot) {
    if (newest == null || newest.metadata().index() <= snapshot.metadata().index()) {
      newest = snapshot;
    }
    entriesSince = 0;
    bytesSince = 0;
  }

  /** The index of a snapshot under way, and when it counts as lost. */
  private record Sent(long index, long deadline) {}
}
