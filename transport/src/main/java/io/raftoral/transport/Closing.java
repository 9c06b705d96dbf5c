package io.raftoral.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelOption;
import io.raftoral.proto.v1.CloseCode;
import java.util.concurrent.TimeUnit;

/** The two ways to end a connection. */
final class Closing {
  /** How long a Close may take to leave before the connection is cut all the same. */
  private static final int LINGER_MS = 500;

  private Closing() {}

  /** Tells the other side why, as well as that works, and closes. */
  static void sayAndClose(Channel channel, CloseCode code, String reason) {
    if (!channel.isActive()) {
      var _ = channel.close();
      return;
    }
    channel
        .writeAndFlush(Frames.close(channel.alloc(), code, reason))
        .addListener(ChannelFutureListener.CLOSE);
    var _ = channel.eventLoop().schedule(() -> cut(channel), LINGER_MS, TimeUnit.MILLISECONDS);
  }

  private static void cut(Channel channel) {
    var _ = channel.close();
  }

  /**
   * Resets the connection: what was not sent yet never is, and the other side sees a broken connection at once. Not
   * through the pipeline, where TLS would say good-bye.
   */
  static void reset(Channel channel) {
    try {
      channel.config().setOption(ChannelOption.SO_LINGER, 0);
    } catch (ChannelException e) {
      // The socket is closed already, or is one that only listens: closing it is all there is to do.
    }
    channel.unsafe().close(channel.unsafe().voidPromise());
  }
}
