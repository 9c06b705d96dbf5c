package io.raftoral.storage.memory;

import io.raftoral.raft.driver.LogStore;
import io.raftoral.storage.LogStoreContract;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The contract of log stores, in memory, on a disk that works at once and loses whatever was not synced. */
class MemoryLogStoreContractTest extends LogStoreContract {
  @Override
  protected Harness newHarness(long tailCacheBytes) {
    return new MemoryHarness(tailCacheBytes);
  }

  private static final class MemoryHarness implements Harness {
    private final MemoryDisk disk = new MemoryDisk();
    private final long tailCacheBytes;
    private @Nullable MemoryLogStore store;

    MemoryHarness(long tailCacheBytes) {
      this.tailCacheBytes = tailCacheBytes;
    }

    @Override
    public LogStore open() {
      Deque<Runnable> nested = new ArrayDeque<>();
      MemoryLogStore opened =
          new MemoryLogStore(
              disk,
              task -> {
                nested.add(task);
                if (nested.size() == 1) {
                  while (!nested.isEmpty()) {
                    nested.getFirst().run();
                    nested.removeFirst();
                  }
                }
              },
              1 << 20,
              tailCacheBytes);
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
      disk.crash(0);
    }
  }
}
