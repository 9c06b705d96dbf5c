package io.raftoral.transport;

import com.google.protobuf.MessageLite;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import io.raftoral.proto.v1.Close;
import io.raftoral.proto.v1.CloseCode;
import io.raftoral.proto.v1.FrameType;
import io.raftoral.proto.v1.Hello;
import io.raftoral.proto.v1.Ping;
import io.raftoral.proto.v1.Welcome;
import io.raftoral.transport.tls.CertificateIdentity;
import io.raftoral.transport.tls.CertificateProblemException;
import io.raftoral.transport.tls.TlsContext;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connecting side of a connection: says Hello, checks the Welcome, pings, and notices when it ends and why. What
 * travels on it is its owner's business. All on the connection's event loop.
 */
final class DialedConnection extends ChannelInboundHandlerAdapter implements FrameDecoder.Listener {

  /** Whoever wanted the connection. */
  interface Owner {
    /** Refuses the certificate of the other side by throwing; not called without TLS. Nothing was said to it yet. */
    void checkCertificate(CertificateIdentity identity) throws ProtocolException;

    /** Refuses the other side by throwing. */
    void checkWelcome(Welcome welcome) throws ProtocolException;

    /** The handshake is done; write away. */
    void ready(DialedConnection connection, Welcome welcome);

    /** A frame that belongs to the owner. */
    void frame(FrameType type, ByteBuf body) throws ProtocolException;

    /** There is room for writing again. */
    void writable();

    /** The end, told exactly once, also if the connection never became ready. */
    void closed(End end);
  }

  /**
   * Why a connection ended.
   *
   * @param code what either side said, null if it just broke
   * @param byOther true if the other side said it
   */
  record End(@Nullable CloseCode code, String reason, boolean byOther, boolean wasReady) {}

  private final Owner owner;
  private final Hello hello;
  private final TransportLimits.Admission limits;
  private final Counters counters;
  private final FrameDecoder decoder;
  private final Channel channel;
  private final MemoryBudget budget;
  private final int maxFrameBytes;
  private @Nullable Liveness liveness;
  private @Nullable ScheduledFuture<?> ticker;
  private @Nullable End end;
  private @Nullable CertificateIdentity identity;
  private boolean saidMagic;
  private boolean ready;

  DialedConnection(
      Channel channel,
      Owner owner,
      Hello hello,
      TransportLimits.Admission limits,
      MemoryBudget budget,
      Counters counters,
      int maxFrameBytes) {
    this.channel = channel;
    this.owner = owner;
    this.hello = hello;
    this.limits = limits;
    this.counters = counters;
    this.maxFrameBytes = maxFrameBytes;
    this.budget = budget;
    this.decoder = new FrameDecoder(this, counters, false);
  }

  FrameDecoder decoder() {
    return decoder;
  }

  Channel channel() {
    return channel;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    liveness = new Liveness(limits, System.nanoTime());
    if (channel.pipeline().get(SslHandler.class) == null) {
      sayHello();
    }
    ticker =
        channel.eventLoop().schedule(this::handshakeOverdue, limits.handshakeTimeoutMs(), TimeUnit.MILLISECONDS);
  }

  private void sayHello() {
    sayMagic();
    send(FrameType.FRAME_TYPE_HELLO, hello);
  }

  private void sayMagic() {
    saidMagic = true;
    var _ = channel.write(Frames.magic(), channel.voidPromise());
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent completion && end == null) {
      if (completion.isSuccess()) {
        secured(ctx.pipeline().get(SslHandler.class));
      } else {
        broken(completion.cause());
      }
    }
    ctx.fireUserEventTriggered(event);
  }

  private void secured(SslHandler tls) {
    try {
      CertificateIdentity other = TlsContext.peer(tls.engine());
      owner.checkCertificate(other);
      identity = other;
      sayHello();
    } catch (CertificateProblemException e) {
      close(CloseCode.CLOSE_CODE_CERTIFICATE, String.valueOf(e.getMessage()));
    } catch (ProtocolException e) {
      violated(e);
    }
  }

  private void handshakeOverdue() {
    close(CloseCode.CLOSE_CODE_HANDSHAKE_TIMEOUT, "no answer to Hello within " + limits.handshakeTimeoutMs() + " ms");
  }

  @Override
  public void frame(FrameType type, ByteBuf body) throws ProtocolException {
    if (liveness != null) {
      liveness.heard(System.nanoTime());
    }
    switch (type) {
      case FRAME_TYPE_WELCOME -> welcome(body);
      case FRAME_TYPE_CLOSE -> closedByOther(body);
      case FRAME_TYPE_PONG -> requireReady(type);
      default -> {
        requireReady(type);
        owner.frame(type, body);
      }
    }
  }

  private void requireReady(FrameType type) throws ProtocolException {
    if (!ready) {
      throw ProtocolException.malformed("a frame " + type + " before the Welcome");
    }
  }

  private void welcome(ByteBuf body) throws ProtocolException {
    if (ready) {
      throw ProtocolException.malformed("a second Welcome");
    }
    Welcome welcome = Handshake.parseWelcome(body);
    if (identity != null) {
      Handshake.checkWelcomeCertificate(identity, welcome);
    }
    owner.checkWelcome(welcome);
    ready = true;
    decoder.allowFrames(maxFrameBytes, budget);
    cancelTicker();
    ticker =
        channel
            .eventLoop()
            .scheduleAtFixedRate(this::tick, limits.pingIntervalMs(), limits.pingIntervalMs(), TimeUnit.MILLISECONDS);
    owner.ready(this, welcome);
  }

  private void tick() {
    if (liveness != null && liveness.dead(System.nanoTime())) {
      close(CloseCode.CLOSE_CODE_IDLE, "nothing heard for " + limits.idleTimeoutMs() + " ms");
    } else if (channel.isActive()) {
      send(FrameType.FRAME_TYPE_PING, Ping.getDefaultInstance());
    }
  }

  private void send(FrameType type, MessageLite body) {
    ByteBuf frame = Frames.of(channel.alloc(), type, body);
    counters.frameSent(frame.readableBytes());
    var _ = channel.writeAndFlush(frame, channel.voidPromise());
  }

  private void closedByOther(ByteBuf body) throws ProtocolException {
    Close close = Handshake.parseClose(body);
    setEnd(new End(close.getCode(), Texts.printable(close.getReason()), true, ready));
    var _ = channel.close();
  }

  @Override
  public void violated(ProtocolException violation) {
    close(violation.code(), violation.reason());
  }

  /** Ends the connection and tells the other side why. */
  void close(CloseCode code, String reason) {
    if (end == null) {
      setEnd(new End(code, reason, false, ready));
      if (!saidMagic && channel.isActive()) {
        // Before the Hello: without this the other side would not take the Close for one.
        sayMagic();
      }
      Closing.sayAndClose(channel, code, reason);
    }
  }

  private void setEnd(End newEnd) {
    if (end == null) {
      end = newEnd;
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ready && channel.isWritable()) {
      owner.writable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    cancelTicker();
    setEnd(new End(null, "the connection broke", false, ready));
    if (end != null) {
      owner.closed(end);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    broken(cause);
    var _ = channel.close();
  }

  private void broken(Throwable cause) {
    boolean tls = Texts.isTls(cause);
    setEnd(new End(tls ? CloseCode.CLOSE_CODE_CERTIFICATE : null, Texts.reason(cause), false, ready));
  }

  private void cancelTicker() {
    if (ticker != null) {
      ticker.cancel(false);
      ticker = null;
    }
  }
}
