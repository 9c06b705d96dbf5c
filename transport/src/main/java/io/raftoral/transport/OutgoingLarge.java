package io.raftoral.transport;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.raftoral.proto.RaftCodec;
import io.raftoral.proto.v1.FrameType;
import io.raftoral.raft.message.Message;
import java.io.IOException;

/**
 * A message too large for one frame, on its way in fragments. A snapshot's data is never copied: the fragments are
 * windows on the array that the snapshot owns.
 */
final class OutgoingLarge {
  private final OutboundLanes.Queued queued;
  private final OutboundLanes.Lane lane;
  private final ByteBuf encoded;
  private final int totalBytes;
  private final int crc;

  OutgoingLarge(OutboundLanes.Queued queued, OutboundLanes.Lane lane) {
    this.queued = queued;
    this.lane = lane;
    this.encoded = encode(queued.message());
    this.totalBytes = encoded.readableBytes();
    this.crc = Frames.crcOf(encoded);
  }

  private static ByteBuf encode(Message message) {
    return message instanceof Message.InstallSnapshot snapshot
        ? Unpooled.wrappedBuffer(RaftCodec.encodePrefix(snapshot), snapshot.snapshot().data())
        : Unpooled.wrappedBuffer(RaftCodec.encode(message));
  }

  OutboundLanes.Queued queued() {
    return queued;
  }

  boolean done() {
    return !encoded.isReadable();
  }

  /** A frame in two parts: what stands before the payload, and the payload. */
  record Fragment(ByteBuf head, ByteBuf payload) {}

  /** The next fragment, of at most {@code maxFrameBytes}. */
  Fragment next(ByteBufAllocator alloc, int maxFrameBytes) {
    int offset = encoded.readerIndex();
    // Lane, group, offset, total, check sum and the payload's length take 40 bytes at most.
    int length = Math.min(encoded.readableBytes(), maxFrameBytes - 64);
    ByteBuf payload = encoded.readRetainedSlice(length);
    int headBytes =
        CodedOutputStream.computeUInt32Size(1, lane.number())
            + CodedOutputStream.computeUInt64Size(2, queued.group())
            + CodedOutputStream.computeUInt64Size(3, offset)
            + CodedOutputStream.computeUInt64Size(4, totalBytes)
            + CodedOutputStream.computeFixed32Size(5, crc)
            + CodedOutputStream.computeTagSize(6)
            + CodedOutputStream.computeUInt32SizeNoTag(length);
    try {
      ByteBuf head =
          Frames.head(
              alloc, FrameType.FRAME_TYPE_FRAGMENT, headBytes, out -> writeHead(out, offset, length), payload);
      return new Fragment(head, payload);
    } catch (RuntimeException | Error e) {
      payload.release();
      throw e;
    }
  }

  private void writeHead(CodedOutputStream out, int offset, int length) throws IOException {
    out.writeUInt32(1, lane.number());
    out.writeUInt64(2, queued.group());
    out.writeUInt64(3, offset);
    out.writeUInt64(4, totalBytes);
    out.writeFixed32(5, crc);
    out.writeTag(6, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    out.writeUInt32NoTag(length);
  }

  void release() {
    encoded.release();
  }
}
