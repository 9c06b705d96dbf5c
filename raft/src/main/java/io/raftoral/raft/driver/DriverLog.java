package io.raftoral.raft.driver;

import io.raftoral.raft.log.LogStorage;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the core reads: the stored log, put together with what the state machine holds.
 *
 * <p><b>Where log and state meet.</b> The state is written on its own, so after a crash the two can disagree:
 *
 * <ul>
 *   <li>The state is behind the log, the usual case: the log is applied again from there.
 *   <li>The state is ahead of the commit index on disk, which is only a hint and not synced: what was applied was
 *       committed, so the hint is raised.
 *   <li>The log ends before the state, or holds another entry at its index: a crash fell between the durable
 *       installation of a snapshot and the log write after it. The log is restarted from the state, by a write that
 *       goes before all others; until it is done this class shows the core the log as it is going to be. Whatever the
 *       core promises meanwhile waits for writes that come later, so it never promises more than is on disk.
 *   <li>The log begins after the state: entries are gone that only the log had. Nothing can be made of that.
 * </ul>
 */
final class DriverLog implements LogStorage {
  private final GroupLog log;
  private final HardState hardState;
  private final ConfState confState;
  private final Supplier<@Nullable Snapshot> snapshots;

  /** From where the log is to be restarted; null when it needs not be, or was. */
  private @Nullable SnapshotMetadata restart;

  DriverLog(
      long group,
      GroupLog log,
      SnapshotMetadata applied,
      ConfState bootstrap,
      Supplier<@Nullable Snapshot> snapshots) {
    this.log = log;
    this.snapshots = snapshots;
    if (log.firstIndex() > applied.index() + 1) {
      throw new DriverException(
          "group " + group + ": the log begins at index " + log.firstIndex() + ", but the state ends at index "
              + applied.index() + "; entries in between are lost. The state directory is older than the log, or was"
              + " removed. Restore both from one backup, or empty both and let this node join again under a new id");
    }
    boolean fits = log.lastIndex() >= applied.index() && log.term(applied.index()) == applied.term();
    this.restart = fits ? null : applied;
    HardState stored = log.hardState();
    // A snapshot can be of a later term than the one that reached the disk. No vote was given in a term that is not
    // there.
    this.hardState =
        new HardState(
            Math.max(stored.term(), applied.term()),
            applied.term() > stored.term() ? Message.NOBODY : stored.vote(),
            Math.max(stored.commit(), applied.index()));
    this.confState = applied.index() == 0 ? bootstrap : applied.confState();
  }

  /** What has to be written before anything else, null if nothing has. */
  @Nullable LogWrite restartWrite(long group) {
    return restart == null ? null : new LogWrite(group, hardState, restart, List.of(), true);
  }

  /** A write of this group is durable. */
  void persisted(LogWrite write) {
    log.persisted(write);
    restart = null;
  }

  @Override
  public HardState hardState() {
    return hardState;
  }

  @Override
  public ConfState confState() {
    return confState;
  }

  @Override
  public long firstIndex() {
    return restart == null ? log.firstIndex() : restart.index() + 1;
  }

  @Override
  public long lastIndex() {
    return restart == null ? log.lastIndex() : restart.index();
  }

  @Override
  public long term(long index) {
    if (restart == null) {
      return log.term(index);
    }
    if (index < restart.index()) {
      throw new CompactedException(index, restart.index() + 1);
    }
    if (index > restart.index()) {
      throw new IndexOutOfBoundsException("index " + index + " is beyond the last entry, " + restart.index());
    }
    return restart.term();
  }

  @Override
  public List<Entry> entries(long from, long to, long maxBytes) {
    if (restart == null) {
      return log.entries(from, to, maxBytes);
    }
    if (from <= restart.index()) {
      throw new CompactedException(from, restart.index() + 1);
    }
    throw new IndexOutOfBoundsException("index " + from + " is beyond the last entry, " + restart.index());
  }

  @Override
  public Snapshot snapshot() {
    Snapshot snapshot = snapshots.get();
    if (snapshot == null) {
      throw new SnapshotUnavailableException("the state machine was asked for a snapshot");
    }
    return snapshot;
  }
}
