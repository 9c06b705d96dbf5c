package io.raftoral.transport;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.raftoral.proto.DecodeException;
import io.raftoral.proto.RaftCodec;
import io.raftoral.proto.v1.FrameType;
import io.raftoral.raft.message.Message;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The codec of {@code MessageBatch}: many messages, of any groups, in one frame. Written by hand like the messages in
 * it, so that a payload goes from the entry into the frame, and from the frame into the entry, in one copy.
 */
final class MessageBatches {
  private static final int ENVELOPES = 1;
  private static final int GROUP = 1;
  private static final int MESSAGE = 2;

  private MessageBatches() {}

  /** Takes what a batch holds. */
  interface Consumer {
    void accept(long group, Message message) throws ProtocolException;
  }

  static int envelopeBytes(OutboundLanes.Queued queued) {
    int content = contentBytes(queued);
    return CodedOutputStream.computeTagSize(ENVELOPES)
        + CodedOutputStream.computeUInt32SizeNoTag(content)
        + content;
  }

  private static int contentBytes(OutboundLanes.Queued queued) {
    return CodedOutputStream.computeUInt64Size(GROUP, queued.group())
        + CodedOutputStream.computeTagSize(MESSAGE)
        + CodedOutputStream.computeUInt32SizeNoTag(queued.sizeBytes())
        + queued.sizeBytes();
  }

  static ByteBuf encode(ByteBufAllocator alloc, List<OutboundLanes.Queued> batch) {
    int bytes = 0;
    for (OutboundLanes.Queued queued : batch) {
      bytes += envelopeBytes(queued);
    }
    return Frames.of(alloc, FrameType.FRAME_TYPE_MESSAGES, bytes, out -> write(batch, out));
  }

  private static void write(List<OutboundLanes.Queued> batch, CodedOutputStream out) throws IOException {
    for (OutboundLanes.Queued queued : batch) {
      out.writeTag(ENVELOPES, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt32NoTag(contentBytes(queued));
      out.writeUInt64(GROUP, queued.group());
      out.writeTag(MESSAGE, WireFormat.WIRETYPE_LENGTH_DELIMITED);
      out.writeUInt32NoTag(queued.sizeBytes());
      RaftCodec.write(queued.message(), out);
    }
  }

  static void decode(ByteBuf body, Consumer consumer) throws ProtocolException {
    CodedInputStream in = Frames.input(body);
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        if (WireFormat.getTagFieldNumber(tag) == ENVELOPES) {
          requireNested(tag);
          envelope(in, consumer);
        } else {
          in.skipField(tag);
        }
      }
    } catch (IOException e) {
      throw ProtocolException.malformed("a batch that is no valid protobuf: " + e.getMessage());
    } catch (DecodeException e) {
      throw ProtocolException.malformed("a batch with a bad message: " + e.getMessage());
    }
  }

  private static void envelope(CodedInputStream in, Consumer consumer)
      throws IOException, DecodeException, ProtocolException {
    int envelopeEnd = in.pushLimit(in.readRawVarint32());
    long group = 0;
    @Nullable Message message = null;
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (WireFormat.getTagFieldNumber(tag)) {
        case GROUP -> group = in.readUInt64();
        case MESSAGE -> {
          requireNested(tag);
          int messageEnd = in.pushLimit(in.readRawVarint32());
          message = RaftCodec.decodeMessage(in);
          in.popLimit(messageEnd);
        }
        default -> in.skipField(tag);
      }
    }
    in.popLimit(envelopeEnd);
    if (group <= 0 || message == null) {
      throw ProtocolException.malformed("a batch with a message of group " + group + " that has no content");
    }
    consumer.accept(group, message);
  }

  private static void requireNested(int tag) throws ProtocolException {
    if (WireFormat.getTagWireType(tag) != WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      throw ProtocolException.malformed("a batch with a field of the wrong type");
    }
  }
}
