package io.raftoral.transport;

import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.raftoral.proto.v1.Close;
import io.raftoral.proto.v1.FrameType;
import io.raftoral.proto.v1.Hello;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;

/** A socket in the hands of a test: sends any bytes at all, and reads frames. */
final class RawConnection implements AutoCloseable {
  private static final int TIMEOUT_MS = 10_000;

  final Socket socket;
  private final DataInputStream in;

  RawConnection(int port) throws IOException {
    this(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** Over a socket that stands already, such as one with TLS. */
  RawConnection(Socket connected) throws IOException {
    socket = connected;
    socket.setSoTimeout(TIMEOUT_MS);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
  }

  static byte[] magic() {
    return ByteBufUtil.getBytes(Frames.magic());
  }

  static byte[] frame(FrameType type, MessageLite body) {
    return bytes(Frames.of(UnpooledByteBufAllocator.DEFAULT, type, body));
  }

  static byte[] bytes(ByteBuf frame) {
    byte[] bytes = ByteBufUtil.getBytes(frame);
    frame.release();
    return bytes;
  }

  void send(byte[]... parts) throws IOException {
    for (byte[] part : parts) {
      socket.getOutputStream().write(part);
    }
  }

  void hello(Hello hello) throws IOException {
    send(magic(), frame(FrameType.FRAME_TYPE_HELLO, hello));
  }

  /** What arrives next. */
  record Frame(FrameType type, byte[] body) {}

  Frame read() throws IOException {
    int length = in.readInt();
    in.readInt();
    FrameType type = FrameType.forNumber(in.readByte());
    byte[] body = in.readNBytes(length - 1);
    return new Frame(type, body);
  }

  /** Reads until the other side says why it closes. */
  Close readClose() throws IOException {
    Frame frame = read();
    while (frame.type() != FrameType.FRAME_TYPE_CLOSE) {
      frame = read();
    }
    return Close.parseFrom(frame.body());
  }

  /** True once the other side has closed; what it sent before is skipped. */
  boolean endsWithoutMore() {
    try {
      while (in.read() >= 0) {
        // Skipped.
      }
      return true;
    } catch (IOException e) {
      return !(e instanceof java.net.SocketTimeoutException);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
