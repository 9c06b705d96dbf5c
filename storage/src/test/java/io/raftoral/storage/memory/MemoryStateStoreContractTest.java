package io.raftoral.storage.memory;

import io.raftoral.storage.StateStore;
import io.raftoral.storage.StateStoreContract;

/** The contract of state stores, in memory, on a disk that loses whatever was not synced. */
class MemoryStateStoreContractTest extends StateStoreContract {
  @Override
  protected Harness newHarness() {
    return new Harness() {
      private final MemoryDisk disk = new MemoryDisk();

      @Override
      public StateStore open() {
        return new MemoryStateStore(disk);
      }

      @Override
      public void abandon() {
        disk.crash(0);
      }
    };
  }
}
