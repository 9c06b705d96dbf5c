package io.raftoral.storage.rocksdb;

/**
 * What a {@link RocksLogStore} may use. All sizes in bytes.
 *
 * @param writeBufferBytes size of one in-memory table; the log goes to table files in pieces of this size
 * @param maxWriteBuffers in-memory tables at most, the one being filled included; when all are full, writing waits
 * @param maxWalBytes write-ahead log files together; beyond it, tables are written out so that old files can go
 * @param blockCacheBytes cache of blocks read from table files
 * @param backgroundThreads threads that write out and compact tables
 * @param tailCacheBytes newest entries of each group that are kept on the heap for followers and for applying
 * @param maxBatchBytes what is written with one sync at most (a single call's writes are never split)
 */
public record LogStoreOptions(
    long writeBufferBytes,
    int maxWriteBuffers,
    long maxWalBytes,
    long blockCacheBytes,
    int backgroundThreads,
    long tailCacheBytes,
    int maxBatchBytes) {

  /** For a small service: at most 76 MiB outside the heap and 16 MiB on it for each group. */
  public static final LogStoreOptions DEFAULTS =
      new LogStoreOptions(16L << 20, 4, 128L << 20, 8L << 20, 2, 16L << 20, 8 << 20);

  /** Checks that every bound is positive. */
  public LogStoreOptions {
    Bounds.atLeast("writeBufferBytes", writeBufferBytes, 64L << 10);
    Bounds.atLeast("maxWriteBuffers", maxWriteBuffers, 2);
    Bounds.atLeast("maxWalBytes", maxWalBytes, writeBufferBytes);
    Bounds.atLeast("blockCacheBytes", blockCacheBytes, 64L << 10);
    Bounds.atLeast("backgroundThreads", backgroundThreads, 1);
    Bounds.atLeast("tailCacheBytes", tailCacheBytes, 0);
    Bounds.atLeast("maxBatchBytes", maxBatchBytes, 4L << 10);
  }

  /** A copy with another size of the in-memory tables. */
  public LogStoreOptions withWriteBufferBytes(long bytes) {
    return new LogStoreOptions(
        bytes, maxWriteBuffers, maxWalBytes, blockCacheBytes, backgroundThreads, tailCacheBytes, maxBatchBytes);
  }

  /** A copy with another bound of the write-ahead log. */
  public LogStoreOptions withMaxWalBytes(long bytes) {
    return new LogStoreOptions(
        writeBufferBytes, maxWriteBuffers, bytes, blockCacheBytes, backgroundThreads, tailCacheBytes, maxBatchBytes);
  }

  /** A copy with another bound of the entries kept on the heap. */
  public LogStoreOptions withTailCacheBytes(long bytes) {
    return new LogStoreOptions(
        writeBufferBytes, maxWriteBuffers, maxWalBytes, blockCacheBytes, backgroundThreads, bytes, maxBatchBytes);
  }

  /** A copy with another bound of what one sync covers. */
  public LogStoreOptions withMaxBatchBytes(int bytes) {
    return new LogStoreOptions(
        writeBufferBytes, maxWriteBuffers, maxWalBytes, blockCacheBytes, backgroundThreads, tailCacheBytes, bytes);
  }
}
