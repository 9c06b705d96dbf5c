package io.raftoral.raft.driver;

import io.raftoral.raft.RawNode;
import io.raftoral.raft.message.Message;
import io.raftoral.raft.message.Snapshot;
import io.raftoral.raft.message.SnapshotMetadata;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots that one group sends to its followers: a view of the state, opened when the core first asks and closed when
 * nobody has wanted anything of it for a while, and the parts of it that followers ask for.
 *
 * <p>Parts are read off the loop, at most one for each follower at a time, and no faster than {@link
 * SnapshotTransfer#bytesPerTick()}. Confined to the loop, except for what it gives to {@link RaftDriver#runBackground}.
 */
final class SnapshotSender {
  private static final byte[] NO_DATA = {};
  private static final long NONE = Long.MAX_VALUE;

  private final GroupLoop group;
  private final RaftDriver driver;
  private final SnapshotTransfer transfer;
  private final int timeoutTicks;

  /** Followers to whom a snapshot is under way; whoever was served last stands last. */
  private final Map<Long, Sent> sent = new LinkedHashMap<>();

  private @Nullable SnapshotView view;
  private boolean opening;

  /** When the view is closed unless somebody is interested in it by then. */
  private long viewDeadline;

  /** What may still be sent in this tick, in bytes. */
  private long budget;

  SnapshotSender(GroupLoop group, RaftDriver driver, SnapshotTransfer transfer, int timeoutTicks) {
    this.group = group;
    this.driver = driver;
    this.transfer = transfer;
    this.timeoutTicks = timeoutTicks;
  }

  /** A follower's share in the transfer. */
  private static final class Sent {
    final long index;
    long deadline;
    byte @Nullable [] wanted;
    boolean reading;

    Sent(long index, long deadline) {
      this.index = index;
      this.deadline = deadline;
    }
  }

  /**
   * The snapshot that followers get, null if there is none; then {@link #isDue} is true until one is there.
   *
   * @param compacted the last entry that is gone: a snapshot that ends before it is of no use
   */
  @Nullable Snapshot newest(long compacted) {
    SnapshotView current = view;
    if (current == null) {
      return null;
    }
    SnapshotMetadata metadata = current.metadata();
    if (metadata.index() < compacted) {
      closeView();
      return null;
    }
    return new Snapshot(metadata, NO_DATA);
  }

  /** Whether the state machine is to be asked for a view; from then on it has been. */
  boolean isDue(boolean wanted) {
    if (!wanted || opening || view != null) {
      return false;
    }
    opening = true;
    return true;
  }

  /** The state machine opened a view. */
  void opened(SnapshotView opened, long tick) {
    opening = false;
    closeView();
    view = opened;
    viewDeadline = tick + timeoutTicks;
  }

  /** From which index on followers need the log. */
  long heldFrom() {
    SnapshotView current = view;
    return current == null ? NONE : current.metadata().index();
  }

  /** The core told {@code node} of a snapshot. */
  void sent(long node, long index, long tick) {
    sent.put(node, new Sent(index, tick + timeoutTicks));
    viewDeadline = tick + timeoutTicks;
  }

  /** A follower asks for a part. What it asked for before is void. */
  void requested(Message.SnapshotRequest request, long tick) {
    Sent one = sent.get(request.from());
    SnapshotView current = view;
    if (one == null
        || current == null
        || current.metadata().index() != request.index()
        || current.metadata().term() != request.indexTerm()) {
      // Not under way, or not any more: the core sends another one when it finds that the follower needs it.
      driver.countDropped();
      return;
    }
    one.wanted = request.cursor();
    one.deadline = tick + timeoutTicks;
    viewDeadline = one.deadline;
    serve();
  }

  private void serve() {
    SnapshotView current = view;
    if (current == null) {
      return;
    }
    List<Long> served = new ArrayList<>();
    for (Map.Entry<Long, Sent> each : sent.entrySet()) {
      if (budget <= 0) {
        break;
      }
      Sent one = each.getValue();
      byte[] cursor = one.wanted;
      if (cursor != null && !one.reading && one.index == current.metadata().index()) {
        one.wanted = null;
        one.reading = true;
        budget -= transfer.partBytes();
        served.add(each.getKey());
        driver.runBackground(group.id(), () -> read(current, each.getKey(), cursor));
      }
    }
    for (Long node : served) {
      Sent one = sent.remove(node);
      if (one != null) {
        sent.put(node, one);
      }
    }
  }

  private void read(SnapshotView from, long node, byte[] cursor) {
    SnapshotView.Part part;
    try {
      part = from.read(cursor, transfer.partBytes());
    } catch (IllegalArgumentException badCursor) {
      // Whoever asks for what no part named gets no answer.
      driver.post(new Input.PartRead(group, from, node, null));
      return;
    }
    SnapshotMetadata metadata = from.metadata();
    Message.SnapshotPart message =
        new Message.SnapshotPart(
            driver.node(),
            node,
            metadata.index(),
            metadata.term(),
            cursor,
            part.next(),
            part.data(),
            crc(cursor, part.next(), part.data()));
    driver.post(new Input.PartRead(group, from, node, message));
  }

  static int crc(byte[] cursor, byte[] next, byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(cursor);
    crc.update(next);
    crc.update(data);
    return (int) crc.getValue();
  }

  /** A part was read. */
  @SuppressWarnings("ReferenceEquality") // Of this very view, not of one that is like it.
  void read(Input.PartRead done) {
    Sent one = sent.get(done.node);
    if (one == null || done.view != view) {
      return;
    }
    one.reading = false;
    if (done.message == null) {
      driver.countDropped();
    } else {
      // Values larger than a part are paid for by those who come after.
      budget -= Math.max(0, done.message.data().length - transfer.partBytes());
      driver.send(group.id(), List.of(done.message));
    }
    serve();
  }

  /** {@code node} holds the log up to {@code match}. */
  void acknowledged(long node, long match) {
    if (!sent.isEmpty()) {
      Sent one = sent.get(node);
      if (one != null && one.index <= match) {
        sent.remove(node);
      }
    }
  }

  /** The snapshot to {@code node} is lost; the core tells it again. What was received is not lost with it. */
  void lost(RawNode core, long node) {
    if (!sent.isEmpty() && sent.remove(node) != null) {
      core.reportSnapshot(node, false);
    }
  }

  /** Time passes: a follower that is silent for too long is told again. */
  void tick(RawNode core, long tick) {
    if (view == null && sent.isEmpty()) {
      return;
    }
    budget = Math.min(budget, 0) + transfer.bytesPerTick();
    for (Iterator<Map.Entry<Long, Sent>> each = sent.entrySet().iterator(); each.hasNext(); ) {
      Map.Entry<Long, Sent> one = each.next();
      if (one.getValue().deadline <= tick) {
        each.remove();
        core.reportSnapshot(one.getKey(), false);
      }
    }
    if (sent.isEmpty() && viewDeadline <= tick) {
      closeView();
    }
    serve();
  }

  /** This node does not lead any more; what it sent is no concern of its core. */
  void leadershipLost() {
    sent.clear();
    closeView();
  }

  /** Lets go of the state. */
  void closeView() {
    SnapshotView current = view;
    view = null;
    if (current != null) {
      driver.runBackground(group.id(), current::close);
    }
  }
}
