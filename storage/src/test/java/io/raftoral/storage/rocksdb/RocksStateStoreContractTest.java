package io.raftoral.storage.rocksdb;

import io.raftoral.storage.StateStore;
import io.raftoral.storage.StateStoreContract;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;

/** The contract of state stores, on RocksDB. */
class RocksStateStoreContractTest extends StateStoreContract {
  @TempDir private Path temporary;

  @Override
  protected Harness newHarness() {
    return new Harness() {
      private @Nullable RocksStateStore store;

      @Override
      public StateStore open() {
        RocksStateStore opened = RocksStateStore.open(temporary.resolve("state"), StateStoreOptions.DEFAULTS);
        store = opened;
        return opened;
      }

      @Override
      public void abandon() {
        if (store != null) {
          store.abandon();
        }
      }
    };
  }
}
