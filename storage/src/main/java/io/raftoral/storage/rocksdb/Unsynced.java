package io.raftoral.storage.rocksdb;

import io.raftoral.storage.StateStore;
import io.raftoral.storage.StateStore.Visitor;
import io.raftoral.storage.table.Family;
import io.raftoral.storage.table.RawBatch;
import io.raftoral.storage.table.Table;
import org.jspecify.annotations.Nullable;

/** Says that everything is durable without having asked the disk. See {@link RocksLogStore#openWithoutSync}. */
record Unsynced(Table table) implements Table {

  @Override
  public byte @Nullable [] get(Family family, byte[] key) {
    return table.get(family, key);
  }

  @Override
  public void scan(Family family, byte[] from, byte[] to, Visitor visitor) {
    table.scan(family, from, to, visitor);
  }

  @Override
  public void scanBackwards(Family family, byte[] from, byte[] to, Visitor visitor) {
    table.scanBackwards(family, from, to, visitor);
  }

  @Override
  public StateStore.View view(Family family) {
    return table.view(family);
  }

  @Override
  public void append(RawBatch batch) {
    table.append(batch);
  }

  @Override
  public void sync() {}

  @Override
  public void close() {
    table.close();
  }
}
