package io.raftoral.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.raftoral.proto.v1.CloseCode;
import io.raftoral.proto.v1.FrameType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what arrives into frames and hands each, checked, to the connection. Holds at most one frame that is not
 * complete; frames above {@link Frames#MAX_CONTROL_BYTES} count against a budget from the moment their length is known.
 *
 * <p>After a violation nothing more of the connection is looked at.
 */
final class FrameDecoder extends ByteToMessageDecoder {

  /** The connection behind this decoder. Called on its event loop. */
  interface Listener {
    /** A whole frame. The body is valid during the call only. */
    void frame(FrameType type, ByteBuf body) throws ProtocolException;

    /** What came is no frame, or {@link #frame} refused it. Called once at most. */
    void violated(ProtocolException violation);
  }

  private final Listener listener;
  private final Counters counters;
  private int magicLeft;
  private @Nullable MemoryBudget budget;
  private int maxFrameBytes = Frames.MAX_CONTROL_BYTES;
  private long reservedBytes;
  private boolean violated;

  FrameDecoder(Listener listener, Counters counters, boolean expectMagic) {
    this.listener = listener;
    this.counters = counters;
    this.magicLeft = expectMagic ? Frames.magicBytes() : 0;
  }

  /** After the handshake: takes frames up to this size, header excluded, the large ones from this budget. */
  void allowFrames(int newMaxFrameBytes, MemoryBudget newBudget) {
    maxFrameBytes = newMaxFrameBytes;
    budget = newBudget;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (violated) {
      in.skipBytes(in.readableBytes());
      return;
    }
    try {
      decode(in);
    } catch (ProtocolException e) {
      violated = true;
      releaseReserved();
      in.skipBytes(in.readableBytes());
      listener.violated(e);
    }
  }

  private void decode(ByteBuf in) throws ProtocolException {
    while (magicLeft > 0) {
      if (!in.isReadable()) {
        return;
      }
      byte next = in.readByte();
      if (magicLeft == Frames.magicBytes() && next == TlsGuard.HANDSHAKE_RECORD) {
        throw new ProtocolException(
            CloseCode.CLOSE_CODE_CERTIFICATE, "speaks TLS, but this node has no certificates and speaks plaintext");
      }
      if (next != Frames.magicByte(Frames.magicBytes() - magicLeft)) {
        throw ProtocolException.malformed("does not speak this protocol");
      }
      magicLeft--;
    }
    if (in.readableBytes() < Frames.PREFIX_BYTES) {
      return;
    }
    int start = in.readerIndex();
    int length = in.getInt(start);
    if (length < 1 || length > maxFrameBytes) {
      throw ProtocolException.malformed(
          "a frame of " + Integer.toUnsignedString(length) + " bytes, want 1 to " + maxFrameBytes);
    }
    if (in.readableBytes() < Frames.PREFIX_BYTES + length) {
      reserve(length);
      return;
    }
    int check = in.getInt(start + 4);
    ByteBuf content = in.slice(start + Frames.PREFIX_BYTES, length);
    if (Frames.crcOf(content) != check) {
      throw ProtocolException.malformed("a frame of " + length + " bytes with a wrong check sum");
    }
    FrameType type = FrameType.forNumber(content.readByte());
    if (type == null || type == FrameType.FRAME_TYPE_UNSPECIFIED) {
      throw ProtocolException.malformed("a frame of unknown type " + content.getByte(0));
    }
    counters.frameReceived(Frames.PREFIX_BYTES + length);
    // The slice lives as long as the bytes under it, which are given up only after the listener is done with them.
    listener.frame(type, content);
    releaseReserved();
    in.readerIndex(start + Frames.PREFIX_BYTES + length);
  }

  private void reserve(int length) throws ProtocolException {
    if (length > Frames.MAX_CONTROL_BYTES && reservedBytes == 0 && budget != null) {
      if (!budget.tryReserve(length)) {
        throw new ProtocolException(
            CloseCode.CLOSE_CODE_OVERLOADED, "no memory for a frame of " + length + " bytes at present; try again");
      }
      reservedBytes = length;
    }
  }

  private void releaseReserved() {
    if (budget != null) {
      budget.release(reservedBytes);
    }
    reservedBytes = 0;
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    releaseReserved();
  }
}
