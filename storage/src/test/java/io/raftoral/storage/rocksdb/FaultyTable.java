package io.raftoral.storage.rocksdb;

import io.raftoral.storage.StateStore;
import io.raftoral.storage.StateStore.Visitor;
import io.raftoral.storage.StorageException;
import io.raftoral.storage.table.Family;
import io.raftoral.storage.table.RawBatch;
import io.raftoral.storage.table.Table;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A disk that fails or hangs when told to; everything else goes to the one below. */
final class FaultyTable implements Table {
  private final Table below;
  final AtomicInteger failingAppends = new AtomicInteger();
  final AtomicInteger failingSyncs = new AtomicInteger();
  volatile @Nullable CountDownLatch hang;
  final CountDownLatch hanging = new CountDownLatch(1);

  FaultyTable(Table below) {
    this.below = below;
  }

  @Override
  public byte @Nullable [] get(Family family, byte[] key) {
    return below.get(family, key);
  }

  @Override
  public void scan(Family family, byte[] from, byte[] to, Visitor visitor) {
    below.scan(family, from, to, visitor);
  }

  @Override
  public void scanBackwards(Family family, byte[] from, byte[] to, Visitor visitor) {
    below.scanBackwards(family, from, to, visitor);
  }

  @Override
  public StateStore.View view(Family family) {
    return below.view(family);
  }

  @Override
  public void append(RawBatch batch) {
    fail(failingAppends, "append");
    below.append(batch);
  }

  @Override
  public void sync() {
    CountDownLatch latch = hang;
    if (latch != null) {
      hanging.countDown();
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    fail(failingSyncs, "sync");
    below.sync();
  }

  private static void fail(AtomicInteger times, String what) {
    if (times.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      throw new StorageException(StorageException.Kind.IO, "injected: " + what + ": Input/output error");
    }
  }

  @Override
  public void close() {
    below.close();
  }
}
