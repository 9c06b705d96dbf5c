package io.raftoral.workflow.engine;

import io.raftoral.storage.StateStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A state store in memory that forgets, when it crashes, what was not flushed. */
final class TestStore implements StateStore {
  private NavigableMap<byte[], byte[]> content = new TreeMap<>(Arrays::compareUnsigned);
  private NavigableMap<byte[], byte[]> durable = new TreeMap<>(Arrays::compareUnsigned);

  /** What is found after a power cut. */
  synchronized TestStore afterCrash() {
    TestStore survivor = new TestStore();
    survivor.content.putAll(durable);
    survivor.durable.putAll(durable);
    return survivor;
  }

  @Override
  public synchronized byte @Nullable [] get(byte[] key) {
    return content.get(key);
  }

  @Override
  public synchronized void write(Batch batch) {
    ((TestBatch) batch).changes.forEach(change -> change.accept(content));
    ((TestBatch) batch).changes.clear();
  }

  @Override
  public Batch newBatch() {
    return new TestBatch();
  }

  @Override
  public void scan(byte[] from, byte[] to, Visitor visitor) {
    walk(copy(from, to), visitor);
  }

  @Override
  public void scanBackwards(byte[] from, byte[] to, Visitor visitor) {
    walk(copy(from, to).descendingMap(), visitor);
  }

  private static void walk(Map<byte[], byte[]> entries, Visitor visitor) {
    for (Map.Entry<byte[], byte[]> entry : entries.entrySet()) {
      if (!visitor.visit(entry.getKey(), entry.getValue())) {
        return;
      }
    }
  }

  private synchronized NavigableMap<byte[], byte[]> copy(byte[] from, byte[] to) {
    return new TreeMap<>(content.subMap(from, true, to, false));
  }

  @Override
  public synchronized void flush() {
    durable = new TreeMap<>(content);
  }

  @Override
  public void close() {}

  private interface Change {
    void accept(NavigableMap<byte[], byte[]> content);
  }

  private static final class TestBatch implements Batch {
    private final List<Change> changes = new ArrayList<>();

    @Override
    public void put(byte[] key, byte[] value) {
      changes.add(content -> content.put(key, value));
    }

    @Override
    public void delete(byte[] key) {
      changes.add(content -> content.remove(key));
    }

    @Override
    public void deleteRange(byte[] from, byte[] to) {
      changes.add(content -> content.subMap(from, true, to, false).clear());
    }
  }
}
