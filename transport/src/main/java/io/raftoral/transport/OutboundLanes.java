package io.raftoral.transport;

import io.raftoral.proto.MessageKind;
import io.raftoral.proto.RaftCodec;
import io.raftoral.raft.message.Message;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one peer: three queues, each bounded in bytes, so that a heartbeat or a vote never stands behind bulk
 * appends, and appends never behind a snapshot. Within a lane the order is kept; between lanes Raft needs none.
 *
 * <p>The driver offers, the peer's event loop takes.
 */
final class OutboundLanes {

  /** A way to the peer. */
  enum Lane {
    /** Heartbeats, votes, and every answer: small, and late ones cost elections. */
    URGENT(0),
    /** Appends and proposals. Appends that are empty too: one that overtakes others would be refused. */
    BULK(1),
    /** Parts of snapshots. */
    SNAPSHOT(2);

    /** How many lanes there are; their numbers are below it. */
    static final int COUNT = 3;

    private final int number;

    Lane(int number) {
      this.number = number;
    }

    /** The lane's number in {@code Fragment}. */
    int number() {
      return number;
    }

    static Lane of(MessageKind kind) {
      return switch (kind) {
        case APPEND_REQUEST, FORWARDED_PROPOSAL -> BULK;
        case INSTALL_SNAPSHOT, SNAPSHOT_PART -> SNAPSHOT;
        case APPEND_ACCEPTED,
            APPEND_REJECTED,
            HEARTBEAT,
            HEARTBEAT_RESPONSE,
            VOTE_REQUEST,
            VOTE_RESPONSE,
            PRE_VOTE_REQUEST,
            PRE_VOTE_RESPONSE,
            TIMEOUT_NOW,
            FORWARDED_CONF_CHANGE,
            READ_INDEX_REQUEST,
            READ_INDEX_RESPONSE,
            FORWARDED_TRANSFER,
            SNAPSHOT_REQUEST ->
            URGENT;
      };
    }
  }

  /** A message that waits; its encoded size is known. */
  record Queued(long group, Message message, MessageKind kind, int sizeBytes) {}

  private static final class Waiting {
    final ArrayDeque<Queued> queue = new ArrayDeque<>();
    final long limitBytes;
    long bytes;

    Waiting(long limitBytes) {
      this.limitBytes = limitBytes;
    }

    Queued remove() {
      Queued next = queue.remove();
      bytes -= next.sizeBytes();
      return next;
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Waiting urgent;
  private final Waiting bulk;
  private final Waiting snapshots;
  private final int maxMessageBytes;
  private final Counters counters;

  OutboundLanes(TransportLimits.Link limits, Counters counters) {
    this.urgent = new Waiting(limits.urgentQueueBytes());
    this.bulk = new Waiting(limits.bulkQueueBytes());
    this.snapshots = new Waiting(limits.snapshotQueueBytes());
    this.maxMessageBytes = limits.maxMessageBytes();
    this.counters = counters;
  }

  /**
   * Takes what there is room for.
   *
   * @return false if something was dropped
   */
  boolean offer(long group, Message message) {
    MessageKind kind = MessageKind.of(message);
    int size = RaftCodec.sizeOf(message);
    if (size > maxMessageBytes) {
      counters.dropped(Counters.Drop.TOO_LARGE, 1);
      return false;
    }
    Waiting waiting = waiting(Lane.of(kind));
    lock.lock();
    try {
      // A message that is larger than the whole queue must get through all the same, alone.
      if (waiting.bytes > 0 && waiting.bytes + size > waiting.limitBytes) {
        counters.dropped(Counters.Drop.QUEUE_FULL, 1);
        return false;
      }
      waiting.bytes += size;
      waiting.queue.add(new Queued(group, message, kind, size));
      return true;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Moves messages of one lane to {@code batch}, as many as fit into {@code maxBytes} encoded. None if the first does not
   * fit: it has to travel in fragments, and {@link #takeOne} gives it.
   */
  void take(Lane lane, int maxBytes, List<Queued> batch) {
    lock.lock();
    try {
      Waiting waiting = waiting(lane);
      int bytes = 0;
      for (Queued next = waiting.queue.peek(); next != null; next = waiting.queue.peek()) {
        int size = MessageBatches.envelopeBytes(next);
        if (bytes + size > maxBytes) {
          return;
        }
        bytes += size;
        batch.add(waiting.remove());
      }
    } finally {
      lock.unlock();
    }
  }

  /** Takes the next message of a lane, null if there is none. */
  @Nullable Queued takeOne(Lane lane) {
    lock.lock();
    try {
      Waiting waiting = waiting(lane);
      return waiting.queue.isEmpty() ? null : waiting.remove();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Forgets everything, as Raft will send again what still matters.
   *
   * @return the groups whose snapshots were among it
   */
  List<Long> clear(Counters.Drop cause) {
    lock.lock();
    try {
      List<Long> snapshotGroups = snapshots.queue.stream().map(Queued::group).toList();
      for (Lane lane : Lane.values()) {
        Waiting waiting = waiting(lane);
        counters.dropped(cause, waiting.queue.size());
        waiting.queue.clear();
        waiting.bytes = 0;
      }
      return snapshotGroups;
    } finally {
      lock.unlock();
    }
  }

  private Waiting waiting(Lane lane) {
    return switch (lane) {
      case URGENT -> urgent;
      case BULK -> bulk;
      case SNAPSHOT -> snapshots;
    };
  }

  long queuedBytes() {
    lock.lock();
    try {
      return urgent.bytes + bulk.bytes + snapshots.bytes;
    } finally {
      lock.unlock();
    }
  }
}
