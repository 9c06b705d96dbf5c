package io.raftoral.transport;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * Closes a connection so that the other side gets to read why. Closing a socket on which bytes lie unread resets it, and
 * a reset throws away what the other side has not read yet, such as a Close or an alert of TLS. So what still comes is
 * thrown away, and the socket is closed when the other side has closed it, when that has taken too long, or when it is
 * closed once more. First in the pipeline.
 *
 * <p>The accepting side closes its sending direction at once, so that whoever does not know a Close sees an end too. The
 * connecting side does not: its Close may arrive together with the last of its handshake of TLS, while the other side is
 * still checking that, and an end of the stream would end the checking.
 */
final class LingeringClose extends ChannelDuplexHandler {
  /** How long the other side may take to close. */
  private static final int LINGER_MS = 500;

  private final boolean endStreamAtOnce;
  private boolean lingering;

  LingeringClose(boolean endStreamAtOnce) {
    this.endStreamAtOnce = endStreamAtOnce;
  }

  @Override
  public void close(ChannelHandlerContext ctx, ChannelPromise promise) {
    if (lingering || !(ctx.channel() instanceof SocketChannel socket) || !socket.isActive()) {
      var _ = ctx.close(promise);
      return;
    }
    lingering = true;
    socket.config().setAutoRead(true);
    socket.closeFuture().addListener(closed -> promise.trySuccess());
    if (endStreamAtOnce) {
      socket.shutdownOutput().addListener(shut -> {
            if (!shut.isSuccess()) {
              closeNow(ctx);
            }
          });
    }
    var _ = socket.eventLoop().schedule(() -> closeNow(ctx), LINGER_MS, TimeUnit.MILLISECONDS);
  }

  private static void closeNow(ChannelHandlerContext ctx) {
    var _ = ctx.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (lingering) {
      ReferenceCountUtil.release(message);
    } else {
      ctx.fireChannelRead(message);
    }
  }
}
