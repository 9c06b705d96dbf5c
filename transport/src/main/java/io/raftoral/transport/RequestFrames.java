package io.raftoral.transport;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.raftoral.proto.v1.FrameType;
import io.raftoral.proto.v1.RequestRefused;
import java.io.IOException;

/** The codec of {@code Request} and {@code Reply}: by hand, so that a body is copied once each way. */
final class RequestFrames {
  private static final byte[] NO_BODY = new byte[0];

  private RequestFrames() {}

  /** A request as it arrives. */
  record Request(long id, long timeoutMs, byte[] body) {}

  /** An answer as it arrives. */
  record Reply(long id, byte[] body) {}

  static ByteBuf request(ByteBufAllocator alloc, long id, long timeoutMs, byte[] body) {
    int bytes =
        CodedOutputStream.computeUInt64Size(1, id)
            + CodedOutputStream.computeUInt64Size(2, timeoutMs)
            + CodedOutputStream.computeByteArraySize(3, body);
    return Frames.of(
        alloc,
        FrameType.FRAME_TYPE_REQUEST,
        bytes,
        out -> {
          out.writeUInt64(1, id);
          out.writeUInt64(2, timeoutMs);
          out.writeByteArray(3, body);
        });
  }

  static ByteBuf reply(ByteBufAllocator alloc, long id, byte[] body) {
    int bytes = CodedOutputStream.computeUInt64Size(1, id) + CodedOutputStream.computeByteArraySize(2, body);
    return Frames.of(
        alloc,
        FrameType.FRAME_TYPE_REPLY,
        bytes,
        out -> {
          out.writeUInt64(1, id);
          out.writeByteArray(2, body);
        });
  }

  static ByteBuf refused(ByteBufAllocator alloc, long id, RequestRefused.Code code, String reason) {
    return Frames.of(
        alloc,
        FrameType.FRAME_TYPE_REQUEST_REFUSED,
        RequestRefused.newBuilder().setId(id).setCode(code).setReason(reason).build());
  }

  static Request parseRequest(ByteBuf frame) throws ProtocolException {
    CodedInputStream in = Frames.input(frame);
    long id = 0;
    long timeoutMs = 0;
    byte[] body = NO_BODY;
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (tag) {
          case (1 << 3) | WireFormat.WIRETYPE_VARINT -> id = in.readUInt64();
          case (2 << 3) | WireFormat.WIRETYPE_VARINT -> timeoutMs = in.readUInt64();
          case (3 << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED -> body = in.readByteArray();
          default -> in.skipField(tag);
        }
      }
    } catch (IOException e) {
      throw ProtocolException.malformed("a request that is no valid protobuf");
    }
    if (id <= 0 || timeoutMs < 0) {
      throw ProtocolException.malformed("a request with id " + id + " and a timeout of " + timeoutMs + " ms");
    }
    return new Request(id, timeoutMs, body);
  }

  static Reply parseReply(ByteBuf frame) throws ProtocolException {
    CodedInputStream in = Frames.input(frame);
    long id = 0;
    byte[] body = NO_BODY;
    try {
      for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
        switch (tag) {
          case (1 << 3) | WireFormat.WIRETYPE_VARINT -> id = in.readUInt64();
          case (2 << 3) | WireFormat.WIRETYPE_LENGTH_DELIMITED -> body = in.readByteArray();
          default -> in.skipField(tag);
        }
      }
    } catch (IOException e) {
      throw ProtocolException.malformed("an answer that is no valid protobuf");
    }
    return new Reply(id, body);
  }
}
