package io.raftoral.storage.log;

import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.SnapshotMetadata;
import io.raftoral.storage.table.Family;
import io.raftoral.storage.table.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * What a log store holds of one group, for people.
 *
 * @param hardState term, vote and commit hint
 * @param snapshot the snapshot that replaced the log last, {@link SnapshotMetadata#EMPTY} if none did
 * @param firstIndex the first entry that is there
 * @param lastIndex the last entry, {@code firstIndex - 1} if there is none
 * @param lastTerm the term of the last entry, or of the one before the first
 * @param bytes what the entries take, uncompressed
 */
public record LogReport(
    long group,
    HardState hardState,
    SnapshotMetadata snapshot,
    long firstIndex,
    long lastIndex,
    long lastTerm,
    long bytes) {

  /** The groups that a table knows, ascending. */
  public static List<Long> groups(Table table, String where) {
    LogFormat.check(table, where);
    List<Long> groups = new ArrayList<>();
    table.scan(
        Family.META,
        LogKeys.meta(LogKeys.STORE + 1, LogKeys.FORMAT),
        LogKeys.meta(Long.MAX_VALUE, LogKeys.FORMAT),
        (key, value) -> {
          long group = LogKeys.group(key);
          if (groups.isEmpty() || groups.getLast() != group) {
            groups.add(group);
          }
          return true;
        });
    return groups;
  }

  /**
   * Reads and checks every record of a group, as opening it does.
   *
   * @param progress told the index of every entry read
   * @throws io.raftoral.storage.StorageException if something is not what was written
   */
  public static LogReport read(Table table, String where, long group, LongConsumer progress) {
    RecoveredLog log = RecoveredLog.read(table, where, group, progress);
    long lastTerm = log.last() == log.start().index() ? log.start().term() : log.runs().term(log.last());
    return new LogReport(
        group, log.hardState(), log.snapshot(), log.start().index() + 1, log.last(), lastTerm, log.bytes());
  }
}
