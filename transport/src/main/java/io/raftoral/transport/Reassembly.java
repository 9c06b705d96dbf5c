package io.raftoral.transport;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.netty.buffer.ByteBuf;
import io.raftoral.proto.DecodeException;
import io.raftoral.proto.RaftCodec;
import io.raftoral.proto.v1.Fragment;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Puts the fragments of large messages together again. At most one message a lane is under way, and its buffer grows
 * with what has arrived, not with what was announced: a liar has to send every byte that it wants us to hold.
 */
final class Reassembly {
  private static final int FIRST_BYTES = 1 << 20;

  private final int maxMessageBytes;
  private final @Nullable Partial[] lanes = new @Nullable Partial[OutboundLanes.Lane.COUNT];

  Reassembly(int maxMessageBytes) {
    this.maxMessageBytes = maxMessageBytes;
  }

  private static final class Partial {
    private final long group;
    private final int crc;
    private final int total;
    private byte[] bytes;
    private int filled;

    Partial(long group, int total, int crc) {
      this.group = group;
      this.total = total;
      this.crc = crc;
      this.bytes = new byte[Math.min(total, FIRST_BYTES)];
    }

    void append(Fragment fragment) {
      int length = fragment.getData().size();
      if (filled + length > bytes.length) {
        bytes = Arrays.copyOf(bytes, (int) Math.min(total, Math.max(2L * bytes.length, (long) filled + length)));
      }
      fragment.getData().copyTo(bytes, filled);
      filled += length;
    }
  }

  /** Takes a fragment, and hands the message over if it was the last one. */
  void add(ByteBuf body, MessageBatches.Consumer consumer) throws ProtocolException {
    Fragment fragment = parse(body);
    int lane = fragment.getLane();
    if (lane < 0 || lane >= lanes.length) {
      throw ProtocolException.malformed("a fragment on lane " + Integer.toUnsignedString(lane));
    }
    long total = fragment.getTotal();
    if (total < 1 || total > maxMessageBytes) {
      throw ProtocolException.malformed(
          "a fragment of a message of " + Long.toUnsignedString(total) + " bytes, want at most " + maxMessageBytes);
    }
    Partial partial = lanes[lane];
    if (partial == null) {
      partial = new Partial(fragment.getGroup(), (int) total, fragment.getMessageCrc());
      lanes[lane] = partial;
    }
    if (fragment.getOffset() != partial.filled
        || total != partial.total
        || fragment.getGroup() != partial.group
        || fragment.getMessageCrc() != partial.crc
        || fragment.getData().isEmpty()
        || fragment.getData().size() > partial.total - partial.filled) {
      throw ProtocolException.malformed(
          "a fragment at " + Long.toUnsignedString(fragment.getOffset()) + " of " + total + " bytes of group "
              + fragment.getGroup() + " where " + partial.filled + " of " + partial.total + " of group "
              + partial.group + " belongs");
    }
    partial.append(fragment);
    if (partial.filled == partial.total) {
      lanes[lane] = null;
      finish(partial, consumer);
    }
  }

  private static Fragment parse(ByteBuf body) throws ProtocolException {
    try {
      // The bytes are used up before the frame is given back, so they need not be copied for the parser.
      return Fragment.parseFrom(UnsafeByteOperations.unsafeWrap(body.nioBuffer()));
    } catch (InvalidProtocolBufferException e) {
      throw ProtocolException.malformed("a fragment that is no valid protobuf");
    }
  }

  private static void finish(Partial partial, MessageBatches.Consumer consumer) throws ProtocolException {
    CRC32C crc = new CRC32C();
    crc.update(partial.bytes, 0, partial.total);
    if ((int) crc.getValue() != partial.crc) {
      throw ProtocolException.malformed("a message in fragments with a wrong check sum");
    }
    if (partial.group <= 0) {
      throw ProtocolException.malformed("a message in fragments of group " + partial.group);
    }
    try {
      consumer.accept(partial.group, RaftCodec.decodeMessage(partial.bytes));
    } catch (DecodeException e) {
      throw ProtocolException.malformed("a message in fragments that is bad: " + e.getMessage());
    }
  }
}
