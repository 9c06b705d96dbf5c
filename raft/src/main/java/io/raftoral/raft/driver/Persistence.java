package io.raftoral.raft.driver;

import io.raftoral.raft.RaftInvariantViolation;
import io.raftoral.raft.Ready;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.HardState;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Readys of one group on their way to the disk, in order. All that wait are merged into one write.
 *
 * <p>Three kinds of Readys ask for special care:
 *
 * <ul>
 *   <li>One that installs a snapshot has to wait until the state machine holds the snapshot durably; everything after
 *       it waits too. The other order could lose the log and have no state yet.
 *   <li>One whose only news is the commit index costs no write of its own: the commit index is a hint that any leader
 *       repeats. It rides on the next write, or is written unsynced at a later tick.
 *   <li>One that writes nothing but has messages to send after what came before joins the last write under way.
 * </ul>
 */
final class Persistence {
  private final long node;
  private final long group;
  private final long maxWriteBytes;
  private final Deque<Ready> waiting = new ArrayDeque<>();
  private final Deque<Part> inFlight = new ArrayDeque<>();

  /** Written before anything else, once: see {@link DriverLog}. */
  private @Nullable LogWrite restart;

  /** Newer than every hard state that waits or is being written, and differs in the commit index alone. */
  private @Nullable HardState commitHint;

  /** Up to which index the state machine holds a snapshot that was received. */
  private long restoredIndex;

  Persistence(long node, long group, long maxWriteBytes, @Nullable LogWrite restart) {
    this.node = node;
    this.group = group;
    this.maxWriteBytes = maxWriteBytes;
    this.restart = restart;
  }

  /** Takes a Ready; true if there is nothing to wait for, so that its messages can go and the core can be told. */
  boolean add(Ready ready) {
    HardState hardState = ready.hardState();
    boolean writes = ready.hasWrites();
    if (hardState != null) {
      if (ready.mustSync() || !ready.entries().isEmpty() || ready.snapshot() != null) {
        commitHint = null;
      } else {
        commitHint = hardState;
        writes = false;
      }
    }
    if (writes || !waiting.isEmpty() || restart != null) {
      waiting.add(ready);
      return false;
    }
    Part last = inFlight.peekLast();
    if (last == null) {
      return true;
    }
    last.number = ready.number();
    last.messages.addAll(ready.messagesAfterPersist());
    return false;
  }

  /** The state machine holds the snapshot at {@code index} durably. */
  void restored(long index) {
    restoredIndex = index;
  }

  /** Whether {@link #next()} has something. */
  boolean hasNext() {
    if (restart != null) {
      return true;
    }
    Ready first = waiting.peekFirst();
    return first != null && !isHeldBack(first);
  }

  /** Whether nothing waits and nothing is being written. */
  boolean isIdle() {
    return waiting.isEmpty() && inFlight.isEmpty() && restart == null;
  }

  /** Takes what to write next, which is then in flight until {@link #written()}. Only if {@link #hasNext()}. */
  Part next() {
    Part part = restart == null ? merge() : new Part(restart, 0, new ArrayList<>());
    restart = null;
    inFlight.add(part);
    return part;
  }

  /** The commit index alone, if it was not written and nothing else will carry it; null if there is none. */
  @Nullable Part nextCommitHint() {
    HardState hint = commitHint;
    if (hint == null || !isIdle()) {
      return null;
    }
    commitHint = null;
    Part part = new Part(new LogWrite(group, hint, null, List.of(), false), 0, new ArrayList<>());
    inFlight.add(part);
    return part;
  }

  /** The oldest write in flight is done. */
  Part written() {
    return inFlight.remove();
  }

  private boolean isHeldBack(Ready ready) {
    return ready.snapshot() != null && ready.snapshot().metadata().index() > restoredIndex;
  }

  private Part merge() {
    HardState hardState = null;
    SnapshotMetadata snapshot = null;
    EntryRun entries = new EntryRun();
    boolean sync = false;
    long number = 0;
    List<Message> messages = new ArrayList<>();
    Ready ready = waiting.peekFirst();
    while (ready != null) {
      boolean tooMuch = !ready.entries().isEmpty() && entries.bytes + bytes(ready.entries()) > maxWriteBytes;
      if (number > 0 && (ready.snapshot() != null || tooMuch)) {
        break;
      }
      waiting.removeFirst();
      if (ready.hardState() != null) {
        hardState = ready.hardState();
      }
      if (ready.snapshot() != null) {
        snapshot = ready.snapshot().metadata();
      }
      entries.add(ready.entries());
      sync |= ready.mustSync() || ready.snapshot() != null;
      number = ready.number();
      messages.addAll(ready.messagesAfterPersist());
      ready = waiting.peekFirst();
    }
    if (waiting.isEmpty() && commitHint != null) {
      hardState = commitHint;
      commitHint = null;
    }
    return new Part(new LogWrite(group, hardState, snapshot, entries.list, sync), number, messages);
  }

  private static long bytes(List<Entry> entries) {
    long bytes = 0;
    for (Entry entry : entries) {
      bytes += entry.sizeBytes();
    }
    return bytes;
  }

  /** What one group has in a write, and what is to be done when it is durable. */
  static final class Part {
    final LogWrite write;
    final List<Message> messages;

    /** The newest Ready in it, 0 if none. */
    long number;

    Part(LogWrite write, long number, List<Message> messages) {
      this.write = write;
      this.number = number;
      this.messages = messages;
    }
  }

  /** Consecutive entries; later ones replace earlier ones. */
  private final class EntryRun {
    private List<Entry> list = List.of();
    private boolean owned;
    private long bytes;

    void add(List<Entry> more) {
      if (more.isEmpty()) {
        return;
      }
      bytes += bytes(more);
      if (list.isEmpty() || more.getFirst().index() <= list.getFirst().index()) {
        list = more;
        owned = false;
        return;
      }
      long position = more.getFirst().index() - list.getFirst().index();
      if (position > list.size()) {
        throw new RaftInvariantViolation(
            node,
            more.getFirst().term(),
            more.getFirst().index(),
            "entries of group " + group + " that are to be written leave a gap after " + list.getLast());
      }
      if (!owned) {
        list = new ArrayList<>(list);
        owned = true;
      }
      list.subList((int) position, list.size()).clear();
      list.addAll(more);
    }
  }
}
