package io.raftoral.storage.rocksdb;

import io.raftoral.storage.table.Family;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.Statistics;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.util.StdErrLogger;

/** How the two databases are set up, and the native objects that hold it. Every choice is explained where it is made. */
final class RocksTuning implements AutoCloseable {
  static {
    RocksDB.loadLibrary();
  }

  /** RocksDB's own notes on what it does ({@code LOG} files): a few, and small. */
  private static final long MAX_INFO_LOG_BYTES = 1 << 20;
  private static final int KEPT_INFO_LOGS = 3;

  private static final long SMALL_WRITE_BUFFER_BYTES = 1 << 20;
  private static final int LOG_BLOCK_BYTES = 32 << 10;
  private static final int STATE_BLOCK_BYTES = 8 << 10;
  private static final int MAX_RANGE_DELETIONS_IN_MEMORY = 1000;
  private static final double BLOOM_BITS_PER_KEY = 10;

  private final DBOptions options = newOptions();
  private final List<ColumnFamilyDescriptor> families = new ArrayList<>();
  private final List<AbstractNativeReference> owned = new ArrayList<>();

  private @Nullable NewestWal newestWal;

  /** Whether what is written goes to a write-ahead log first. */
  private final boolean writeAhead;

  private RocksTuning(boolean writeAhead) {
    this.writeAhead = writeAhead;
  }

  /**
   * For the log: written once in order, read at its end, dropped from its beginning.
   *
   * @param statistics counts what RocksDB does; for tests
   */
  static RocksTuning forLog(LogStoreOptions wanted, @Nullable Statistics statistics) {
    RocksTuning tuning = new RocksTuning(true);
    // A record that is cut off at the end of the write-ahead log was never acknowledged and is dropped. Anything else
    // that is wrong there stops the node: what comes after a flipped bit was acknowledged, and the mode that drops it
    // (point in time) would make the node forget votes and entries. This mode rules out recycled log files, whose ends
    // cannot be told from damage; RocksDB ignores them here.
    tuning.common(wanted.backgroundThreads());
    tuning
        .options
        .setMaxTotalWalSize(wanted.maxWalBytes())
        .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords);
    // A batch stays in this process until it is synced, which is nearly always at once: fewer system calls.
    tuning.options.setManualWalFlush(true);
    // Tables of all families are written out together, so that none keeps an old write-ahead log alive. Then there is
    // nearly always just the one that is being written, and its absence is noticed (see RocksFiles); RocksDB itself does
    // not miss the newest file as long as there is an older one.
    tuning.options.setAtomicFlush(true);
    if (statistics != null) {
      tuning.options.setStatistics(statistics);
    }
    LRUCache cache = tuning.own(new LRUCache(wanted.blockCacheBytes()));
    // Bloom filters are of no use: reads walk.
    BlockBasedTableConfig table =
        new BlockBasedTableConfig().setBlockCache(cache).setBlockSize(LOG_BLOCK_BYTES).setFormatVersion(5);
    tuning.family(Family.STATE, tuning.small(table));
    tuning.family(
        Family.LOG,
        tuning
            .own(new ColumnFamilyOptions())
            .setWriteBufferSize(wanted.writeBufferBytes())
            .setMaxWriteBufferNumber(wanted.maxWriteBuffers())
            .setTableFormatConfig(table)
            .setCompressionPerLevel(compression()));
    tuning.family(Family.META, tuning.small(table));
    return tuning;
  }

  /** For the state: point reads and short walks, written in place. */
  static RocksTuning forState(StateStoreOptions wanted) {
    // The state may open at any prefix of what was written: the Raft log is applied again from there. So a write-ahead
    // log of its own would only write everything twice. What is durable is in table files, and RocksDB misses each of
    // those that is gone; of a write-ahead log it misses some.
    RocksTuning tuning = new RocksTuning(false);
    tuning.common(wanted.backgroundThreads());
    // A store that is abandoned stays as a killed process would leave it.
    tuning.options.setAvoidFlushDuringShutdown(true);
    LRUCache cache = tuning.own(new LRUCache(wanted.blockCacheBytes()));
    BlockBasedTableConfig table =
        tuning
            .stateTable()
            .setBlockCache(cache)
            // Otherwise indexes and filters would lie outside the bound.
            .setCacheIndexAndFilterBlocks(true)
            .setPinL0FilterAndIndexBlocksInCache(true);
    tuning.family(
        Family.STATE,
        tuning
            .own(new ColumnFamilyOptions())
            .setWriteBufferSize(wanted.writeBufferBytes())
            .setMaxWriteBufferNumber(wanted.maxWriteBuffers())
            .setTableFormatConfig(table)
            .setCompressionPerLevel(compression())
            // Reads pay for every range deletion that is still in memory.
            .setMemtableMaxRangeDeletions(MAX_RANGE_DELETIONS_IN_MEMORY));
    // The first of these is empty: families are numbered in the order of their creation, and meta is number 2 everywhere.
    BlockBasedTableConfig small = new BlockBasedTableConfig().setBlockCache(cache).setFormatVersion(5);
    tuning.family(Family.LOG, tuning.small(small));
    tuning.family(Family.META, tuning.small(small));
    return tuning;
  }

  private BlockBasedTableConfig stateTable() {
    return new BlockBasedTableConfig()
        .setBlockSize(STATE_BLOCK_BYTES)
        .setFilterPolicy(own(new BloomFilter(BLOOM_BITS_PER_KEY)))
        .setFormatVersion(5);
  }

  private void common(int backgroundThreads) {
    options
        .setMaxBackgroundJobs(backgroundThreads)
        // A single thread writes.
        .setAllowConcurrentMemtableWrite(false)
        .setEnableWriteThreadAdaptiveYield(false)
        // Table files are synced as they grow, not in one long stall at their end that a log sync would wait behind.
        .setBytesPerSync(1 << 20)
        .setMaxOpenFiles(-1)
        .setMaxLogFileSize(MAX_INFO_LOG_BYTES)
        .setKeepLogFileNum(KEPT_INFO_LOGS)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0);
  }

  /**
   * RocksDB by itself does not miss a write-ahead log file that is gone. This makes it note in its manifest which ones are
   * complete; the Java interface offers it by name only.
   */
  private static DBOptions newOptions() {
    Properties named = new Properties();
    named.setProperty("track_and_verify_wals_in_manifest", "true");
    DBOptions options = DBOptions.getDBOptionsFromProps(named);
    if (options == null) {
      throw new IllegalStateException("this version of RocksDB does not know the options " + named);
    }
    return options;
  }

  /** For families that hold next to nothing. */
  private ColumnFamilyOptions small(BlockBasedTableConfig table) {
    return own(new ColumnFamilyOptions())
        .setWriteBufferSize(SMALL_WRITE_BUFFER_BYTES)
        .setMaxWriteBufferNumber(2)
        .setCompressionType(CompressionType.NO_COMPRESSION)
        .setTableFormatConfig(table);
  }

  /** Young levels are rewritten or dropped soon, and compressing them costs a core that the node needs. */
  private static List<CompressionType> compression() {
    return List.of(
        CompressionType.NO_COMPRESSION,
        CompressionType.NO_COMPRESSION,
        CompressionType.LZ4_COMPRESSION,
        CompressionType.LZ4_COMPRESSION,
        CompressionType.LZ4_COMPRESSION,
        CompressionType.LZ4_COMPRESSION,
        CompressionType.LZ4_COMPRESSION);
  }

  private void family(Family family, ColumnFamilyOptions familyOptions) {
    families.add(
        new ColumnFamilyDescriptor(family.storedName().getBytes(StandardCharsets.US_ASCII), familyOptions));
  }

  private <T extends AbstractNativeReference> T own(T object) {
    owned.add(object);
    return object;
  }

  /** For table files that are written outside of the database and then taken over by it. They last: compressed. */
  Options forIncomingFiles() {
    return new Options()
        .setCompressionType(CompressionType.LZ4_COMPRESSION)
        .setBytesPerSync(1 << 20)
        .setTableFormatConfig(stateTable());
  }

  /** Has the newest write-ahead log noted; the tuning closes the listener. */
  RocksTuning watching(NewestWal wal) {
    newestWal = wal;
    options.setListeners(List.of(own(wal)));
    return this;
  }

  @Nullable NewestWal newestWal() {
    return newestWal;
  }

  /** RocksDB writes no notes into the directory. */
  RocksTuning quiet() {
    options.setLogger(own(new StdErrLogger(InfoLogLevel.FATAL_LEVEL)));
    return this;
  }

  boolean writeAhead() {
    return writeAhead;
  }

  DBOptions options() {
    return options;
  }

  List<ColumnFamilyDescriptor> families() {
    return families;
  }

  @Override
  public void close() {
    options.close();
    owned.forEach(AbstractNativeReference::close);
  }
}
