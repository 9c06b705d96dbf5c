package io.raftoral.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * Looks at the first byte of a connection to a node that speaks TLS. Whoever does not is told so in plaintext, which is
 * what they understand, instead of an alert, which they do not.
 */
final class TlsGuard extends ChannelInboundHandlerAdapter {
  /** The content type of a record of the handshake (RFC 8446, 5.1), with which every connection begins. */
  static final byte HANDSHAKE_RECORD = 0x16;

  private final InboundConnection connection;
  private boolean refused;

  TlsGuard(InboundConnection connection) {
    this.connection = connection;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (refused) {
      ReferenceCountUtil.release(message);
    } else if (message instanceof ByteBuf bytes && bytes.isReadable()) {
      if (bytes.getByte(bytes.readerIndex()) == HANDSHAKE_RECORD) {
        ctx.pipeline().remove(this);
        ctx.fireChannelRead(message);
      } else {
        refused = true;
        ReferenceCountUtil.release(message);
        connection.speaksNoTls();
      }
    } else {
      ctx.fireChannelRead(message);
    }
  }
}
