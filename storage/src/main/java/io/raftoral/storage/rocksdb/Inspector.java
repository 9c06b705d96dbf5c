package io.raftoral.storage.rocksdb;

import io.raftoral.storage.DataDirectory;
import io.raftoral.storage.Identity;
import io.raftoral.storage.StateStore;
import io.raftoral.storage.log.LogReport;
import io.raftoral.storage.table.Family;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks into a node's data directory and changes nothing in it. The node may be running: what is seen is then what was on
 * disk when the directory was opened.
 *
 * <p>Every method throws {@link io.raftoral.storage.StorageException} where something is missing or damaged.
 */
public final class Inspector implements AutoCloseable {
  private static final long ENTRIES_BETWEEN_REPORTS = 10_000;

  private final Identity identity;
  private final String logName;
  private final RocksTable log;
  private final RocksTable state;

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

  private Inspector(Identity identity, String logName, RocksTable log, RocksTable state) {
    this.identity = identity;
    this.logName = logName;
    this.log = log;
    this.state = state;
  }

  /** Opens the directory of a node that has run at least once. */
  public static Inspector open(Path directory) {
    Identity identity = DataDirectory.readIdentity(directory);
    Path logPath = DataDirectory.logPath(directory);
    RocksTable log = open(logPath, "log store " + logPath, RocksTuning.forLog(LogStoreOptions.DEFAULTS, null));
    boolean ready = false;
    try {
      Path statePath = DataDirectory.statePath(directory);
      RocksTable state =
          open(statePath, "state store " + statePath, RocksTuning.forState(StateStoreOptions.DEFAULTS));
      ready = true;
      return new Inspector(identity, logPath.toString(), log, state);
    } finally {
      if (!ready) {
        log.close();
      }
    }
  }

  private static RocksTable open(Path directory, String name, RocksTuning tuning) {
    new RocksFiles(directory, name).requireComplete();
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

  /** A value of the applied state, or null. */
  public byte @Nullable [] state(byte[] key) {
    return state.get(Family.STATE, key);
  }

  /** Walks over the applied state. */
  public void scanState(byte[] from, byte[] to, StateStore.Visitor visitor) {
    state.scan(Family.STATE, from, to, visitor);
  }

  /**
   * Reads everything and compares it with its checksums: every record of the log, every block of both stores.
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
  }

  @Override
  public void close() {
    log.close();
    state.close();
  }
}
