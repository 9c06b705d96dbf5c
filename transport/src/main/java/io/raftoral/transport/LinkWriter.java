package io.raftoral.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Moves messages from a peer's lanes to its connection, as long as that takes them, and flushes once. Lives as long as
 * one connection, on its event loop.
 *
 * <p>Each round writes what is urgent, then one frame of appends, then one of a snapshot. So an urgent message waits
 * behind two frames at most (and what the kernel has), and no lane can starve another.
 */
final class LinkWriter {
  private final Channel channel;
  private final OutboundLanes lanes;
  private final Counters counters;
  private final int maxFrameBytes;
  private final List<OutboundLanes.Queued> batch = new ArrayList<>();
  private @Nullable OutgoingLarge largeBulk;
  private @Nullable OutgoingLarge largeSnapshot;

  LinkWriter(Channel channel, OutboundLanes lanes, Counters counters, int maxFrameBytes) {
    this.channel = channel;
    this.lanes = lanes;
    this.counters = counters;
    this.maxFrameBytes = maxFrameBytes;
  }

  /** Writes while there is something to write and room for it. */
  void drain() {
    boolean wrote = false;
    while (channel.isWritable()) {
      boolean more = writeLane(OutboundLanes.Lane.URGENT);
      more |= writeLane(OutboundLanes.Lane.BULK);
      more |= writeLane(OutboundLanes.Lane.SNAPSHOT);
      if (!more) {
        break;
      }
      wrote = true;
    }
    if (wrote) {
      channel.flush();
    }
  }

  private boolean writeLane(OutboundLanes.Lane lane) {
    OutgoingLarge large = large(lane);
    if (large != null) {
      writeFragment(lane, large);
      return true;
    }
    lanes.take(lane, maxFrameBytes - 1, batch);
    if (!batch.isEmpty()) {
      writeBatch();
      return true;
    }
    OutboundLanes.Queued tooLarge = lanes.takeOne(lane);
    if (tooLarge == null) {
      return false;
    }
    // An urgent message of that size does not exist; if it did, the bulk lane's fragments would carry it.
    OutboundLanes.Lane way = lane == OutboundLanes.Lane.URGENT ? OutboundLanes.Lane.BULK : lane;
    writeFragment(way, new OutgoingLarge(tooLarge, way));
    return true;
  }

  private void writeBatch() {
    ByteBuf frame = MessageBatches.encode(channel.alloc(), batch);
    counters.frameSent(frame.readableBytes());
    for (OutboundLanes.Queued queued : batch) {
      counters.sent(queued.kind());
    }
    batch.clear();
    var _ = channel.write(frame, channel.voidPromise());
  }

  private void writeFragment(OutboundLanes.Lane lane, OutgoingLarge large) {
    OutgoingLarge.Fragment fragment = large.next(channel.alloc(), maxFrameBytes);
    counters.frameSent(fragment.head().readableBytes() + fragment.payload().readableBytes());
    var _ = channel.write(fragment.head(), channel.voidPromise());
    var _ = channel.write(fragment.payload(), channel.voidPromise());
    if (large.done()) {
      counters.sent(large.queued().kind());
      large.release();
      setLarge(lane, null);
    } else {
      setLarge(lane, large);
    }
  }

  private @Nullable OutgoingLarge large(OutboundLanes.Lane lane) {
    return switch (lane) {
      case URGENT -> null;
      case BULK -> largeBulk;
      case SNAPSHOT -> largeSnapshot;
    };
  }

  private void setLarge(OutboundLanes.Lane lane, @Nullable OutgoingLarge large) {
    if (lane == OutboundLanes.Lane.SNAPSHOT) {
      largeSnapshot = large;
    } else {
      largeBulk = large;
    }
  }

  /**
   * The connection is gone: forgets what was half written.
   *
   * @param snapshotLost told the group of a snapshot that was
   */
  void close(LongConsumer snapshotLost) {
    if (largeSnapshot != null) {
      snapshotLost.accept(largeSnapshot.queued().group());
    }
    for (OutgoingLarge large : new @Nullable OutgoingLarge[] {largeBulk, largeSnapshot}) {
      if (large != null) {
        counters.dropped(Counters.Drop.CONNECTION_LOST, 1);
        large.release();
      }
    }
    largeBulk = null;
    largeSnapshot = null;
  }
}
