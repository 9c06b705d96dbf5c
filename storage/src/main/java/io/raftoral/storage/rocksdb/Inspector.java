package io.raftoral.storage.rocksdb;

import io.raftoral.storage.DataDirectory;
import io.raftoral.storage.Identity;
import io.raftoral.storage.StateStore;
import io.raftoral.storage.log.LogReport;
import io.raftoral.storage.table.StateFormat;
import io.raftoral.storage.table.TableStateStore;
import java.nio.file.Path;
import java.util.List;

/**
 * Looks into a node's data directory and changes nothing in it. The node may be running: what is seen is then what was on
 * disk when the directory was opened.
 *
 * <p>Every method throws {@link io.raftoral.storage.StorageException} where something is missing or damaged.
 */
public final class Inspector implements AutoCloseable {
  private static final long ENTRIES_BETWEEN_REPORTS = 10_000;

  /** Keys begin with a group, which is positive. */
  private static final byte[] LAST_KEY = {(byte) 0xff};

  private final Identity identity;
  private final String logName;
  private final RocksTable log;
  private final RocksTable state;
  private final StateStore stateStore;

  /** Told how far a verification has come. */
  @FunctionalInterface
  public interface Progress {
    /**
     * Another piece was read and found to be in order.
     *
     * @param what names the store and the piece, as in {@code log of group 1: entries}
     * @param done how many so far
     */
    void verified(String what, long done);
  }

  private Inspector(Identity identity, String logName, RocksTable log, String stateName, RocksTable state) {
    this.identity = identity;
    this.logName = logName;
    this.log = log;
    this.state = state;
    this.stateStore = new TableStateStore(state, stateName);
  }

  /** Opens the directory of a node that has run at least once. */
  public static Inspector open(Path directory) {
    Identity identity = DataDirectory.readIdentity(directory);
    Path logPath = DataDirectory.logPath(directory);
    RocksTable log = open(logPath, "log store " + logPath, RocksTuning.forLog(LogStoreOptions.DEFAULTS, null), true);
    boolean ready = false;
    try {
      Path statePath = DataDirectory.statePath(directory);
      String stateName = "state store " + statePath;
      RocksTable state = open(statePath, stateName, RocksTuning.forState(StateStoreOptions.DEFAULTS), false);
      try {
        StateFormat.check(state, stateName);
        ready = true;
        return new Inspector(identity, logPath.toString(), log, stateName, state);
      } finally {
        if (!ready) {
          state.close();
        }
      }
    } finally {
      if (!ready) {
        log.close();
      }
    }
  }

  private static RocksTable open(Path directory, String name, RocksTuning tuning, boolean watched) {
    new RocksFiles(directory, name).requireComplete();
    if (watched) {
      try (NewestWal wal = new NewestWal(directory, name)) {
        wal.check();
      }
    }
    return RocksTable.open(directory, name, tuning.quiet(), RocksTable.Mode.READ_ONLY);
  }

  /** Whose directory it is. */
  public Identity identity() {
    return identity;
  }

  /** The groups that have a log here, ascending. */
  public List<Long> groups() {
    return LogReport.groups(log, logName);
  }

  /** What the log of a group holds. Reads all of it. */
  public LogReport group(long group) {
    return LogReport.read(log, logName, group, index -> {});
  }

  /** The applied state, as it was last made durable. Nothing can be written to it. */
  public StateStore state() {
    return stateStore;
  }

  /**
   * Reads everything and compares it with its checksums: every record and every block of both stores.
   *
   * @param progress told now and then, on the calling thread
   */
  public void verify(Progress progress) {
    for (long group : groups()) {
      long[] count = new long[1];
      String what = "log of group " + group + ": entries";
      LogReport.read(
          log,
          logName,
          group,
          index -> {
            if (++count[0] % ENTRIES_BETWEEN_REPORTS == 0) {
              progress.verified(what, count[0]);
            }
          });
      progress.verified(what, count[0]);
    }
    log.verifyChecksums();
    progress.verified("log: table files", 1);
    state.verifyChecksums();
    progress.verified("state: table files", 1);
    long[] records = new long[1];
    stateStore.scan(
        new byte[0],
        LAST_KEY,
        (key, value) -> {
          if (++records[0] % ENTRIES_BETWEEN_REPORTS == 0) {
            progress.verified("state: records", records[0]);
          }
          return true;
        });
    progress.verified("state: records", records[0]);
  }

  @Override
  public void close() {
    log.close();
    state.close();
  }
}
