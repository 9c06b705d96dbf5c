package io.raftoral.storage;

import io.raftoral.raft.driver.LogWrite;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.SnapshotMetadata;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Writes as a driver makes them. */
public final class LogWrites {
  /** The group most tests use. */
  public static final long GROUP = 1;

  private LogWrites() {}

  /** An entry whose data names its place, so that no two are alike. */
  public static Entry entry(long term, long index) {
    return new Entry.Normal(term, index, ("entry " + index + " of term " + term).getBytes(StandardCharsets.UTF_8));
  }

  /** Entries {@code from} to {@code to}, both included. */
  public static List<Entry> entries(long term, long from, long to) {
    List<Entry> entries = new ArrayList<>();
    for (long index = from; index <= to; index++) {
      entries.add(entry(term, index));
    }
    return entries;
  }

  /** A synced write of entries, with the hard state that goes with their term. */
  public static LogWrite append(long group, long term, long from, long to) {
    return new LogWrite(group, new HardState(term, 0, 0), null, entries(term, from, to), true);
  }

  /** A synced write of a hard state alone. */
  public static LogWrite hardState(long group, long term, long vote, long commit) {
    return new LogWrite(group, new HardState(term, vote, commit), null, List.of(), true);
  }

  /** A synced write that replaces the log. */
  public static LogWrite snapshot(long group, long index, long term, List<Entry> entries) {
    return new LogWrite(
        group,
        new HardState(term, 0, index),
        new SnapshotMetadata(index, term, ConfState.ofVoters(List.of(1L, 2L, 3L))),
        entries,
        true);
  }
}
