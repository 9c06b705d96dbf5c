package io.raftoral.raft.log;

import io.raftoral.raft.RaftInvariantViolation;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The whole log of one node: the durable part behind {@link LogStorage}, the {@link UnstableTail} after it, and the
 * cursors that move along it.
 *
 * <pre>
 *   compacted │ first ··· applied ··· applying ··· committed ··· last
 *             └──────── storage ────────┘└───── unstable ─────┘
 * </pre>
 *
 * <p>Invariant: {@code applied <= applying <= committed <= last}. Entries are handed out for applying only when they
 * are committed <em>and</em> durable on this node, or will be by the time the embedder comes to apply them, if it
 * does one thing after the other.
 */
public final class RaftLog {
  /** No term: the entry was compacted, or does not exist yet. */
  public static final long UNKNOWN_TERM = -1;

  /** What {@link #maybeAppend} answers when the entry before the appended ones does not match. */
  public static final long MISMATCH = -1;

  private final RaftInvariantViolation.Place place;
  private final LogStorage storage;
  private final UnstableTail unstable;
  private final ApplyWindow applyWindow;
  private final boolean appliesOnlyDurable;
  private long committed;
  private long applied;

  /**
   * Continues from what {@code storage} holds.
   *
   * @param place names the node and its term if a rule is broken
   * @param appliedIndex what the state machine contains; 0 if it starts where the log starts
   * @param maxApplyingBytes how much may be handed out for applying and not be acknowledged
   * @param appliesOnlyDurable whether what is handed out for applying must be durable here; see
   *     {@link io.raftoral.raft.RaftConfig#asyncStorage()}
   * @throws RaftInvariantViolation if the log lacks entries that were applied or committed
   */
  public RaftLog(
      RaftInvariantViolation.Place place,
      LogStorage storage,
      long appliedIndex,
      long maxApplyingBytes,
      boolean appliesOnlyDurable) {
    this.place = place;
    this.storage = storage;
    this.appliesOnlyDurable = appliesOnlyDurable;
    long first = storage.firstIndex();
    long last = storage.lastIndex();
    this.unstable = new UnstableTail(last + 1);
    // A commit index need not be durable, but whatever was applied was committed.
    this.applied = appliedIndex == 0 ? first - 1 : appliedIndex;
    this.committed = Math.max(storage.hardState().commit(), applied);
    this.applyWindow = new ApplyWindow(applied, maxApplyingBytes);
    if (first > last + 1) {
      throw place.violated(first, "the log's first index is past its last index " + last);
    }
    if (applied < first - 1) {
      throw place.violated(applied, "the log was compacted past the applied index; its first index is " + first);
    }
    if (committed > last) {
      throw place.violated(
          committed,
          "entries that were committed or applied are missing; the log ends at " + last
              + ". The storage lost what it had acknowledged: restore this node from its peers under a new id");
    }
  }

  /** Index of the first entry that can be read. */
  public long firstIndex() {
    Snapshot pending = unstable.snapshot();
    return pending != null ? pending.metadata().index() + 1 : storage.firstIndex();
  }

  /** Index of the last entry, durable or not. */
  public long lastIndex() {
    return unstable.lastIndex();
  }

  /** Term of the last entry. */
  public long lastTerm() {
    return term(lastIndex());
  }

  public long committed() {
    return committed;
  }

  public long applied() {
    return applied;
  }

  /** The term of an entry, or {@link #UNKNOWN_TERM}. */
  public long term(long index) {
    if (index > lastIndex()) {
      return UNKNOWN_TERM;
    }
    if (index >= unstable.offset()) {
      return unstable.get(index).term();
    }
    Snapshot pending = unstable.snapshot();
    if (pending != null) {
      return pending.metadata().index() == index ? pending.metadata().term() : UNKNOWN_TERM;
    }
    return index < storage.firstIndex() - 1 ? UNKNOWN_TERM : storage.term(index);
  }

  /** Whether the log holds an entry of that term at that index; the empty log holds the entry 0 of term 0. */
  public boolean matches(long index, long term) {
    return term(index) == term;
  }

  /** Whether a log that ends so is at least as up to date as this one (Raft paper, section 5.4.1). */
  public boolean isUpToDate(long theirLastIndex, long theirLastTerm) {
    long ours = lastTerm();
    return theirLastTerm > ours || (theirLastTerm == ours && theirLastIndex >= lastIndex());
  }

  /**
   * Entries from {@code from} to {@code to} (exclusive), as many as fit but at least one.
   *
   * @throws LogStorage.CompactedException if {@code from} was compacted
   */
  public List<Entry> entries(long from, long to, long maxBytes) {
    if (from >= to) {
      return List.of();
    }
    if (from < firstIndex()) {
      throw new LogStorage.CompactedException(from, firstIndex());
    }
    if (from >= unstable.offset()) {
      return unstable.copy(from, endWithin(from, to, maxBytes));
    }
    long storedTo = Math.min(to, unstable.offset());
    List<Entry> stored = storage.entries(from, storedTo, maxBytes);
    if (stored.isEmpty()) {
      throw place.violated(from, "the storage returned no entries although its log reaches past that index");
    }
    if (storedTo == to || stored.size() < storedTo - from) {
      return stored;
    }
    long bytes = 0;
    for (Entry entry : stored) {
      bytes += entry.sizeBytes();
    }
    if (bytes + unstable.get(storedTo).sizeBytes() > maxBytes) {
      return stored;
    }
    List<Entry> all = new ArrayList<>(stored);
    all.addAll(unstable.copy(storedTo, endWithin(storedTo, to, maxBytes - bytes)));
    return all;
  }

  private long endWithin(long from, long to, long maxBytes) {
    long end = from + 1;
    long bytes = unstable.get(from).sizeBytes();
    while (end < to) {
      bytes += unstable.get(end).sizeBytes();
      if (bytes > maxBytes) {
        break;
      }
      end++;
    }
    return end;
  }

  /** Appends a leader's own entries. */
  public void append(List<? extends Entry> entries) {
    long first = entries.getFirst().index();
    if (first <= committed) {
      throw place.violated(first, "a committed entry would be overwritten; committed up to " + committed);
    }
    if (!unstable.replaceFrom(first, entries)) {
      throw place.violated(first, "appending would leave a gap after " + lastIndex());
    }
  }

  /**
   * Takes over a leader's entries (Raft paper, figure 2, AppendEntries, steps 2 to 5): only from the first one that
   * conflicts with the log, since a late append must not take away what a later one added.
   *
   * @return index of the last entry known to match the leader's log, or {@link #MISMATCH}
   */
  public long maybeAppend(long prevIndex, long prevTerm, long leaderCommit, List<Entry> entries) {
    if (!matches(prevIndex, prevTerm)) {
      return MISMATCH;
    }
    long lastNew = prevIndex + entries.size();
    int known = 0;
    while (known < entries.size() && matches(entries.get(known).index(), entries.get(known).term())) {
      known++;
    }
    if (known < entries.size()) {
      append(entries.subList(known, entries.size()));
    }
    // Never beyond the entries that were just verified: what follows them here may differ from the leader's log.
    commitTo(Math.min(leaderCommit, lastNew));
    return lastNew;
  }

  /**
   * The highest index up to {@code index} whose term is not above {@code term}: where logs may still agree, if the
   * other one has {@code term} there (see {@code Replication} for the use of it). Index 0 if there is none; the first
   * compacted index if its term cannot be known.
   */
  public long lastIndexNotAbove(long index, long term) {
    long candidate = index;
    while (candidate > 0) {
      long ours = term(candidate);
      if (ours == UNKNOWN_TERM || ours <= term) {
        return candidate;
      }
      candidate--;
    }
    return 0;
  }

  /** Moves the commit index up to {@code index}; never back. */
  public void commitTo(long index) {
    if (index > committed) {
      if (index > lastIndex()) {
        throw place.violated(
            index,
            "this node is told that the entry is committed, and that it acknowledged it, but its log ends at "
                + lastIndex()
                + ". The storage lost what it had acknowledged: restore this node from its peers under a new id");
      }
      committed = index;
    }
  }

  /** Moves the commit index to {@code index} if the entry there is of {@code term}; returns whether it moved. */
  public boolean maybeCommit(long index, long term) {
    if (index > committed && matches(index, term)) {
      commitTo(index);
      return true;
    }
    return false;
  }

  /** Replaces the whole log by a snapshot. */
  public void restore(Snapshot snapshot) {
    unstable.restore(snapshot);
    committed = snapshot.metadata().index();
  }

  /** Whether a snapshot is not installed yet; until then nothing can be applied. */
  public boolean hasPendingSnapshot() {
    return unstable.snapshot() != null;
  }

  /** The snapshot that has to be written, if there is a new one. */
  public @Nullable Snapshot newSnapshot() {
    return unstable.hasNewSnapshot() ? unstable.snapshot() : null;
  }

  /** The newest snapshot that can be sent to a follower; see {@link LogStorage#snapshot()}. */
  public Snapshot snapshotToSend() {
    Snapshot pending = unstable.snapshot();
    return pending != null ? pending : storage.snapshot();
  }

  public boolean hasNewEntries() {
    return unstable.hasNewEntries();
  }

  /** The entries that have to be written. */
  public List<Entry> newEntries() {
    return unstable.newEntries();
  }

  /** Everything new was handed out to be written, as number {@code number}. */
  public void handOut(long number) {
    unstable.handOut(number);
  }

  /** The hand-outs up to {@code number} are durable; returns the metadata of a snapshot that is thereby installed. */
  public @Nullable SnapshotMetadata persisted(long number) {
    Snapshot installed = unstable.persisted(number);
    return installed == null ? null : installed.metadata();
  }

  /** Whether there are entries to apply. */
  public boolean hasCommittedEntries() {
    return !hasPendingSnapshot() && applyWindow.hasRoom() && applyWindow.applying() < appliable();
  }

  /** The next entries to apply, within the limit on what is being applied. */
  public List<Entry> takeCommittedEntries() {
    if (!hasCommittedEntries()) {
      return List.of();
    }
    List<Entry> next = entries(applyWindow.applying() + 1, appliable() + 1, applyWindow.room());
    applyWindow.handedOut(next, appliable());
    return next;
  }

  private long appliable() {
    return appliesOnlyDurable ? Math.min(committed, unstable.offset() - 1) : committed;
  }

  /** The state machine contains everything up to {@code index}. Older news is ignored. */
  public void appliedTo(long index) {
    if (index > committed) {
      throw place.violated(index, "an entry was applied before it was committed; committed up to " + committed);
    }
    if (index > applied) {
      applied = index;
      applyWindow.applied(index);
    }
  }
}
