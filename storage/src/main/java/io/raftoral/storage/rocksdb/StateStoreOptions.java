package io.raftoral.storage.rocksdb;

/**
 * What a {@link RocksStateStore} may use. All sizes in bytes.
 *
 * @param writeBufferBytes size of one in-memory table
 * @param maxWriteBuffers in-memory tables at most, the one being filled included; when all are full, writing waits
 * @param blockCacheBytes cache of blocks read from table files
 * @param backgroundThreads threads that write out and compact tables
 */
public record StateStoreOptions(
    long writeBufferBytes, int maxWriteBuffers, long blockCacheBytes, int backgroundThreads) {

  /** For a small service: at most 112 MiB, all outside the heap. */
  public static final StateStoreOptions DEFAULTS = new StateStoreOptions(16L << 20, 3, 64L << 20, 2);

  /** Checks that every bound is positive. */
  public StateStoreOptions {
    Bounds.atLeast("writeBufferBytes", writeBufferBytes, 64L << 10);
    Bounds.atLeast("maxWriteBuffers", maxWriteBuffers, 2);
    Bounds.atLeast("blockCacheBytes", blockCacheBytes, 64L << 10);
    Bounds.atLeast("backgroundThreads", backgroundThreads, 1);
  }

  /** A copy with another size of the in-memory tables. */
  public StateStoreOptions withWriteBufferBytes(long bytes) {
    return new StateStoreOptions(bytes, maxWriteBuffers, blockCacheBytes, backgroundThreads);
  }

  /** A copy with another size of the block cache. */
  public StateStoreOptions withBlockCacheBytes(long bytes) {
    return new StateStoreOptions(writeBufferBytes, maxWriteBuffers, bytes, backgroundThreads);
  }
}
