package io.raftoral.storage.rocksdb;

import io.raftoral.raft.driver.LogStore;
import io.raftoral.storage.LogStoreContract;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/** The contract of log stores, on RocksDB. */
class RocksLogStoreContractTest extends LogStoreContract {
  @TempDir private Path temporary;

  @Override
  protected Harness newHarness(long tailCacheBytes) {
    return new RocksHarness(
        temporary.resolve("log"), LogStoreOptions.DEFAULTS.withTailCacheBytes(tailCacheBytes));
  }

  private static final class RocksHarness implements Harness {
    private final Path directory;
    private final LogStoreOptions options;
    private @Nullable RocksLogStore store;

    RocksHarness(Path directory, LogStoreOptions options) {
      this.directory = directory;
      this.options = options;
    }

    @Override
    public LogStore open() {
      RocksLogStore opened = RocksLogStore.open(directory, options);
      store = opened;
      return opened;
    }

    @Override
    public void close() {
      if (store != null) {
        store.close();
      }
    }

    @Override
    public void abandon() {
      if (store != null) {
        store.abandon();
      }
    }
  }
}
