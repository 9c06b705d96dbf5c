package io.raftoral.storage.memory;

import io.raftoral.storage.StateStore;
import io.raftoral.storage.StateStore.Visitor;
import io.raftoral.storage.StorageException;
import io.raftoral.storage.table.Family;
import io.raftoral.storage.table.RawBatch;
import io.raftoral.storage.table.Table;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The disk of one store, in memory: what was written to it, how much of that would survive a power cut, and the faults
 * that a simulator wants. It outlives the stores that are opened on it, as a disk outlives processes.
 *
 * <p>Each batch that a store writes is one write; writes become durable in order, by a sync or, as on a real disk,
 * whenever it pleases. {@link #crash} decides how many of the writes that were not synced made it. A write that is cut
 * off in its middle counts as not made: that is what the real stores make of a torn record.
 *
 * <p>Only one store uses a disk at a time: opening another one, like a crash, is the death of the one before, whose calls
 * then throw {@code CLOSED}. Safe for use by several threads.
 */
public final class MemoryDisk {
  /** Writes that may be lost. When there are more, the oldest become durable by themselves. */
  public static final int MAX_UNSYNCED = 1 << 16;

  private @Nullable SortedTree durable;
  private final Deque<Image> unsynced = new ArrayDeque<>();
  private @Nullable OpenTable user;
  private @Nullable StorageException writeFault;
  private @Nullable StorageException syncFault;
  private long writes;
  private long syncs;

  /** What the disk holds after a write. Wraps the tree because an empty one is null. */
  private record Image(@Nullable SortedTree tree) {}

  /**
   * The machine loses power or the process is killed. The store on this disk is dead.
   *
   * @param keep how many of the writes that were not synced survive, counted from the oldest; more than there are means
   *     all (a process that is killed loses none)
   */
  public synchronized void crash(int keep) {
    detach();
    for (int i = 0; i < keep && !unsynced.isEmpty(); i++) {
      durable = unsynced.removeFirst().tree();
    }
    unsynced.clear();
  }

  /** How many writes a crash may lose. */
  public synchronized int unsynced() {
    return unsynced.size();
  }

  /** Writes since the disk was made. */
  public synchronized long writes() {
    return writes;
  }

  /** Syncs since the disk was made. */
  public synchronized long syncs() {
    return syncs;
  }

  /** From now on every write fails and changes nothing, until {@link #repair()}. */
  public synchronized void failWrites(StorageException.Kind kind) {
    writeFault = new StorageException(kind, "simulated disk: writing fails");
  }

  /** From now on every sync fails and makes nothing durable, until {@link #repair()}. */
  public synchronized void failSyncs(StorageException.Kind kind) {
    syncFault = new StorageException(kind, "simulated disk: syncing fails");
  }

  /** Writes and syncs succeed again. A store that has seen them fail stays unusable all the same. */
  public synchronized void repair() {
    writeFault = null;
    syncFault = null;
  }

  /** How many records the disk holds. */
  public synchronized int records() {
    return SortedTree.size(newest());
  }

  /**
   * Flips one bit of what is stored, durable or not.
   *
   * @param record which record, from 0 in the order of keys
   * @param bit which bit of its value; counted modulo its length
   */
  public synchronized void flipBit(int record, long bit) {
    int[] at = {record};
    SortedTree.walk(
        newest(),
        new byte[0],
        END,
        (key, value) -> {
          if (at[0]-- > 0) {
            return true;
          }
          if (value.length > 0) {
            byte[] flipped = value.clone();
            flipped[(int) ((bit >>> 3) % value.length)] ^= (byte) (1 << (bit & 7));
            replaceEverywhere(key, flipped);
          }
          return false;
        });
  }

  private void replaceEverywhere(byte[] key, byte[] value) {
    if (SortedTree.get(durable, key) != null) {
      durable = SortedTree.put(durable, key, value);
    }
    int images = unsynced.size();
    for (int i = 0; i < images; i++) {
      SortedTree tree = unsynced.removeFirst().tree();
      unsynced.addLast(new Image(SortedTree.get(tree, key) == null ? tree : SortedTree.put(tree, key, value)));
    }
  }

  /** Above every key: families are numbered from 0. */
  private static final byte[] END = {(byte) 0xff};

  /**
   * Opens the disk as the one who uses it from now on; whoever did before is dead.
   *
   * <p>The stores of this package do that themselves. A simulator that wants to see each batch on its way puts a table of
   * its own in front of this one, and the production {@code GroupCommitLog} on top.
   */
  public synchronized Table attach() {
    detach();
    OpenTable table = new OpenTable();
    user = table;
    return table;
  }

  private void detach() {
    if (user != null) {
      user.closed = true;
      user = null;
    }
  }

  private @Nullable SortedTree newest() {
    return unsynced.isEmpty() ? durable : unsynced.getLast().tree();
  }

  private static byte[] key(Family family, byte[] key) {
    byte[] full = new byte[key.length + 1];
    full[0] = (byte) family.number();
    System.arraycopy(key, 0, full, 1, key.length);
    return full;
  }

  private static SortedTree.Walker walker(OpenTable table, Visitor visitor) {
    return (key, value) -> {
      table.requireOpen();
      return visitor.visit(Arrays.copyOfRange(key, 1, key.length), value.clone());
    };
  }

  private final class OpenTable implements Table {
    private volatile boolean closed;

    @Override
    public byte @Nullable [] get(Family family, byte[] key) {
      byte[] value = SortedTree.get(image(), key(family, key));
      return value == null ? null : value.clone();
    }

    @Override
    public void scan(Family family, byte[] from, byte[] to, Visitor visitor) {
      SortedTree.walk(image(), key(family, from), key(family, to), walker(this, visitor));
    }

    @Override
    public void scanBackwards(Family family, byte[] from, byte[] to, Visitor visitor) {
      SortedTree.walkBackwards(image(), key(family, from), key(family, to), walker(this, visitor));
    }

    @Override
    public StateStore.View view(Family family) {
      SortedTree held = image();
      OpenTable table = this;
      return new StateStore.View() {
        @Override
        public void scan(byte[] from, byte[] to, Visitor visitor) {
          requireOpen();
          SortedTree.walk(held, key(family, from), key(family, to), walker(table, visitor));
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void append(RawBatch batch) {
      synchronized (MemoryDisk.this) {
        requireOpen();
        if (writeFault != null) {
          throw writeFault;
        }
        Changes changes = new Changes(newest());
        batch.forEach(changes);
        unsynced.addLast(new Image(changes.tree));
        if (unsynced.size() > MAX_UNSYNCED) {
          durable = unsynced.removeFirst().tree();
        }
        writes++;
      }
    }

    @Override
    public void sync() {
      synchronized (MemoryDisk.this) {
        requireOpen();
        if (syncFault != null) {
          throw syncFault;
        }
        durable = newest();
        unsynced.clear();
        syncs++;
      }
    }

    @Override
    public void close() {
      synchronized (MemoryDisk.this) {
        if (user == this) {
          detach();
        }
      }
    }

    private @Nullable SortedTree image() {
      synchronized (MemoryDisk.this) {
        requireOpen();
        return newest();
      }
    }

    private void requireOpen() {
      if (closed) {
        throw new StorageException(StorageException.Kind.CLOSED, "store on simulated disk is closed");
      }
    }
  }

  private static final class Changes implements RawBatch.Changes {
    private @Nullable SortedTree tree;

    Changes(@Nullable SortedTree tree) {
      this.tree = tree;
    }

    @Override
    public void put(Family family, byte[] key, byte[] value) {
      tree = SortedTree.put(tree, key(family, key), value);
    }

    @Override
    public void delete(Family family, byte[] key) {
      tree = SortedTree.remove(tree, key(family, key));
    }

    @Override
    public void deleteRange(Family family, byte[] from, byte[] to) {
      tree = SortedTree.removeRange(tree, key(family, from), key(family, to));
    }
  }
}
