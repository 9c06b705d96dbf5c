package io.raftoral.transport;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.FastThreadLocal;
import io.raftoral.proto.v1.Close;
import io.raftoral.proto.v1.CloseCode;
import io.raftoral.proto.v1.FrameType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/** Makes frames; {@code transport.proto} gives their layout. The reading side is {@link FrameDecoder}. */
final class Frames {
  /** Length and check sum. */
  static final int PREFIX_BYTES = 8;

  /** Prefix and type. */
  static final int HEADER_BYTES = PREFIX_BYTES + 1;

  /** A frame of the handshake is never larger; nor is any frame that carries no payload. */
  static final int MAX_CONTROL_BYTES = 64 * 1024;

  /** The longest text in a Close; longer reasons are cut. */
  private static final int MAX_REASON_CHARS = 500;

  private static final byte[] MAGIC = "RAFTORAL".getBytes(StandardCharsets.US_ASCII);

  /** Bodies up to this size are parsed in place in one array a thread. */
  private static final int SCRATCH_BYTES = 128 * 1024;

  private static final FastThreadLocal<byte[]> SCRATCH =
      new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
          return new byte[SCRATCH_BYTES];
        }
      };

  private Frames() {}

  /**
   * A parser of a received body, valid until the next call on this thread. Protobuf parses arrays alone; given a direct
   * buffer it would make an array of its own each time, as garbage, so one array is used again and again. What is read
   * from it is copied out and does not share it.
   */
  static CodedInputStream input(ByteBuf body) {
    int length = body.readableBytes();
    if (body.hasArray() || length > SCRATCH_BYTES) {
      return CodedInputStream.newInstance(body.nioBuffer());
    }
    byte[] scratch = SCRATCH.get();
    body.getBytes(body.readerIndex(), scratch, 0, length);
    return CodedInputStream.newInstance(scratch, 0, length);
  }

  /** What whoever connects sends first. */
  static ByteBuf magic() {
    return Unpooled.wrappedBuffer(MAGIC).asReadOnly();
  }

  static int magicBytes() {
    return MAGIC.length;
  }

  static byte magicByte(int at) {
    return MAGIC[at];
  }

  /** Writes a body into a stream that is exactly as large as was said. */
  interface Body {
    void write(CodedOutputStream out) throws IOException;
  }

  static ByteBuf of(ByteBufAllocator alloc, FrameType type, MessageLite body) {
    return of(alloc, type, body.getSerializedSize(), body::writeTo);
  }

  /** A whole frame in one pooled buffer; the body is written into it without a detour. */
  static ByteBuf of(ByteBufAllocator alloc, FrameType type, int bodyBytes, Body body) {
    ByteBuf frame = alloc.buffer(HEADER_BYTES + bodyBytes, HEADER_BYTES + bodyBytes);
    try {
      frame.writeInt(1 + bodyBytes);
      frame.writeInt(0);
      frame.writeByte(type.getNumber());
      CodedOutputStream out = CodedOutputStream.newInstance(frame.nioBuffer(HEADER_BYTES, bodyBytes));
      body.write(out);
      out.flush();
      out.checkNoSpaceLeft();
      frame.writerIndex(HEADER_BYTES + bodyBytes);
      CRC32C crc = new CRC32C();
      crc.update(frame.nioBuffer(PREFIX_BYTES, 1 + bodyBytes));
      frame.setInt(4, (int) crc.getValue());
      return frame;
    } catch (IOException e) {
      frame.release();
      throw new AssertionError("a frame of " + bodyBytes + " bytes does not hold its body", e);
    } catch (RuntimeException | Error e) {
      frame.release();
      throw e;
    }
  }

  /**
   * The first part of a frame whose body ends with {@code payload}, which the caller writes after it, uncopied.
   *
   * @param head everything of the body before the payload's bytes
   */
  static ByteBuf head(ByteBufAllocator alloc, FrameType type, int headBytes, Body head, ByteBuf payload) {
    ByteBuf frame = of(alloc, type, headBytes, head);
    CRC32C crc = new CRC32C();
    crc.update(frame.nioBuffer(PREFIX_BYTES, 1 + headBytes));
    update(crc, payload);
    frame.setInt(0, 1 + headBytes + payload.readableBytes());
    frame.setInt(4, (int) crc.getValue());
    return frame;
  }

  static ByteBuf close(ByteBufAllocator alloc, CloseCode code, String reason) {
    String text = reason.length() > MAX_REASON_CHARS ? reason.substring(0, MAX_REASON_CHARS) : reason;
    return of(alloc, FrameType.FRAME_TYPE_CLOSE, Close.newBuilder().setCode(code).setReason(text).build());
  }

  static int crcOf(ByteBuf bytes) {
    CRC32C crc = new CRC32C();
    update(crc, bytes);
    return (int) crc.getValue();
  }

  private static void update(CRC32C crc, ByteBuf bytes) {
    if (bytes.nioBufferCount() == 1) {
      crc.update(bytes.nioBuffer());
    } else {
      for (ByteBuffer part : bytes.nioBuffers()) {
        crc.update(part);
      }
    }
  }
}
