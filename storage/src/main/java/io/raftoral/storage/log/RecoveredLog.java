package io.raftoral.storage.log;

import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.storage.table.Family;
import io.raftoral.storage.table.Table;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a store holds of one group, checked: every record is what was written, the entries follow each other without a
 * gap, terms do not decrease, and the hard state does not lag behind the entries it was written with.
 *
 * <p>All entries are read for this. It takes about a second for a million of them, and a damaged record is better found
 * before the node votes than when a follower asks for it.
 */
record RecoveredLog(
    long group, HardState hardState, SnapshotMetadata snapshot, LogStart start, long last, TermRuns runs, long bytes) {

  /**
   * Reads and checks the log of a group.
   *
   * @param progress told the index of every entry read
   */
  static RecoveredLog read(Table table, String where, long group, LongConsumer progress) {
    HardState hard = LogRecords.hardState(where, group, meta(table, group, LogKeys.HARD_STATE));
    LogStart start = LogRecords.start(where, group, meta(table, group, LogKeys.START));
    SnapshotMetadata snapshot = LogRecords.snapshot(where, group, meta(table, group, LogKeys.SNAPSHOT));
    Scan scan = new Scan(where, group, start);
    table.scan(
        Family.LOG,
        LogKeys.entry(group, start.index() + 1),
        LogKeys.entry(group + 1, 0),
        (key, value) -> {
          scan.entry(key, value);
          progress.accept(scan.last);
          return true;
        });
    check(where, group, hard, snapshot, start, scan);
    return new RecoveredLog(group, hard, snapshot, start, scan.last, scan.runs, scan.bytes);
  }

  private static byte @Nullable [] meta(Table table, long group, byte kind) {
    return table.get(Family.META, LogKeys.meta(group, kind));
  }

  private static void check(
      String where, long group, HardState hard, SnapshotMetadata snapshot, LogStart start, Scan scan) {
    if (scan.last > start.index() && hard.term() < scan.lastTerm) {
      throw Damage.of(
          where,
          "the hard state of group " + group + " knows term " + hard.term() + ", but entry " + scan.last
              + " is of term " + scan.lastTerm + ", so a newer vote was lost");
    }
    if (hard.commit() > scan.last) {
      throw Damage.of(
          where,
          "entry " + hard.commit() + " of group " + group + " is committed, but the log ends at " + scan.last);
    }
    if (snapshot.index() > start.index()) {
      throw Damage.of(
          where,
          "the log of group " + group + " begins after entry " + start.index() + ", but was replaced by a snapshot up to "
              + snapshot.index());
    }
  }

  private static final class Scan {
    private final String where;
    private final long group;
    private final TermRuns runs = new TermRuns();
    private long last;
    private long lastTerm;
    private long bytes;

    Scan(String where, long group, LogStart start) {
      this.where = where;
      this.group = group;
      this.last = start.index();
      this.lastTerm = start.term();
    }

    void entry(byte[] key, byte[] value) {
      long index = LogKeys.index(key);
      long term = LogRecords.term(where, key, value);
      if (index != last + 1) {
        throw Damage.of(where, "entries " + (last + 1) + " to " + (index - 1) + " of group " + group + " are missing");
      }
      if (term < lastTerm) {
        throw Damage.of(
            where,
            "entry " + index + " of group " + group + " is of term " + term + ", older than the entry before it, of term "
                + lastTerm);
      }
      runs.append(index, term);
      last = index;
      lastTerm = term;
      bytes += value.length;
    }
  }
}
