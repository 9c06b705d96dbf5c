package io.raftoral.simulation.workflow;

import io.raftoral.storage.StateStore;
import io.raftoral.storage.memory.MemoryStateStore;
import io.raftoral.storage.table.BatchReplacement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The state store of one life of a process, with a digest of everything in it that costs nothing to ask for: each key
 * and its value have a hash, the digest is the sum of all of them, and a write changes it by what it writes.
 */
public final class ObservedStateStore implements StateStore {
  /** Told of the records of journals as they are written. */
  interface JournalObserver {
    /**
     * A record was written.
     *
     * @param before what was there under the key, null if nothing was
     */
    void journalWritten(StateKey key, byte @Nullable [] before, byte[] value);
  }

  private final StateMedia media;
  private final MemoryStateStore store;
  private final JournalObserver observer;
  private long digest;
  private long nextIndex;
  private boolean restoring;

  ObservedStateStore(StateMedia media, JournalObserver observer) {
    this.media = media;
    this.store = media.open();
    this.observer = observer;
    store.scan(new byte[0], StateKey.END, (key, value) -> {
      digest += Hashes.of(key, value);
      return true;
    });
  }

  /** The digest of the present state. */
  long digest() {
    return digest;
  }

  /** The next batch brings the state to {@code index}. */
  void next(long index) {
    nextIndex = index;
  }

  /** While a snapshot replaces the state, journals are written that were written before. */
  void restoring(boolean on) {
    restoring = on;
  }

  void abandon() {
    store.abandon();
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return store.get(key);
  }

  @Override
  public Batch newBatch() {
    return new RecordingBatch(store.newBatch());
  }

  @Override
  public void write(Batch batch) {
    RecordingBatch recorded = (RecordingBatch) batch;
    List<Change> changes = List.copyOf(recorded.changes);
    Map<StateKey, byte @Nullable []> before = new LinkedHashMap<>();
    Map<StateKey, byte @Nullable []> after = new LinkedHashMap<>();
    for (Change change : changes) {
      remember(change, before, after);
    }
    recorded.changes.clear();
    store.write(recorded.batch);
    media.written(nextIndex);
    after.forEach((key, value) -> {
      byte @Nullable [] old = before.get(key);
      digest -= old == null ? 0 : Hashes.of(key.bytes(), old);
      digest += value == null ? 0 : Hashes.of(key.bytes(), value);
      if (value != null && !restoring && key.isJournal()) {
        observer.journalWritten(key, old, value);
      }
    });
  }

  private void remember(
      Change change, Map<StateKey, byte @Nullable []> before, Map<StateKey, byte @Nullable []> after) {
    switch (change) {
      case Change.Put put -> set(new StateKey(put.key), put.value, before, after);
      case Change.Delete delete -> set(new StateKey(delete.key), null, before, after);
      case Change.DeleteRange range -> {
        List<StateKey> keys = new ArrayList<>();
        store.scan(range.from, range.to, (key, value) -> keys.add(new StateKey(key)));
        for (StateKey key : after.keySet()) {
          if (key.isWithin(range.from, range.to)) {
            keys.add(key);
          }
        }
        keys.forEach(key -> set(key, null, before, after));
      }
    }
  }

  private void set(
      StateKey key,
      byte @Nullable [] value,
      Map<StateKey, byte @Nullable []> before,
      Map<StateKey, byte @Nullable []> after) {
    if (!before.containsKey(key)) {
      before.put(key, store.get(key.bytes()));
    }
    after.put(key, value);
  }

  @Override
  public void scan(byte[] from, byte[] to, Visitor visitor) {
    store.scan(from, to, visitor);
  }

  @Override
  public void scanBackwards(byte[] from, byte[] to, Visitor visitor) {
    store.scanBackwards(from, to, visitor);
  }

  @Override
  public View view() {
    return store.view();
  }

  @Override
  public Replacement replace(byte[] from, byte[] to) {
    return new BatchReplacement(this, from, to);
  }

  @Override
  public void flush() {
    store.flush();
    media.flushed();
  }

  @Override
  public void close() {
    store.close();
  }

  private sealed interface Change {
    record Put(byte[] key, byte[] value) implements Change {}

    record Delete(byte[] key) implements Change {}

    record DeleteRange(byte[] from, byte[] to) implements Change {}
  }

  private static final class RecordingBatch implements Batch {
    private final Batch batch;
    private final List<Change> changes = new ArrayList<>();

    private RecordingBatch(Batch batch) {
      this.batch = batch;
    }

    @Override
    public void put(byte[] key, byte[] value) {
      changes.add(new Change.Put(key.clone(), value.clone()));
      batch.put(key, value);
    }

    @Override
    public void delete(byte[] key) {
      changes.add(new Change.Delete(key.clone()));
      batch.delete(key);
    }

    @Override
    public void deleteRange(byte[] from, byte[] to) {
      changes.add(new Change.DeleteRange(from.clone(), to.clone()));
      batch.deleteRange(from, to);
    }
  }
}
