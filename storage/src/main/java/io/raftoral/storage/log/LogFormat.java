package io.raftoral.storage.log;

import io.raftoral.storage.table.Family;
import io.raftoral.storage.table.RawBatch;
import io.raftoral.storage.table.Table;

/** The version stamp of a log store. */
final class LogFormat {
  private LogFormat() {}

  /**
   * Refuses a store of another version, or one that has lost its stamp.
   *
   * @param fresh whether a store without a stamp is one that was never used
   */
  static void checkOrStamp(Table table, String where, boolean fresh) {
    if (fresh && isEmpty(table)) {
      RawBatch batch = new RawBatch();
      LogRecords.putFormat(batch);
      table.append(batch);
      table.sync();
    } else {
      check(table, where);
    }
  }

  static void check(Table table, String where) {
    byte[] stamp = table.get(Family.META, LogKeys.meta(LogKeys.STORE, LogKeys.FORMAT));
    if (stamp == null) {
      throw Damage.of(where, "the record of its format version is missing");
    }
    LogRecords.checkFormat(where, stamp);
  }

  private static boolean isEmpty(Table table) {
    boolean[] empty = {true};
    for (Family family : new Family[] {Family.META, Family.LOG}) {
      table.scan(
          family,
          LogKeys.entry(0, 0),
          LogKeys.entry(Long.MAX_VALUE, Long.MAX_VALUE),
          (key, value) -> {
            empty[0] = false;
            return false;
          });
    }
    return empty[0];
  }
}
