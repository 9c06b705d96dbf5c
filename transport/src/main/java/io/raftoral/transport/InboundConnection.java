package io.raftoral.transport;

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
import io.raftoral.proto.v1.Pong;
import io.raftoral.proto.v1.Role;
import io.raftoral.transport.tls.CertificateIdentity;
import io.raftoral.transport.tls.CertificateProblemException;
import io.raftoral.transport.tls.TlsContext;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accepting side of a connection: waits for a Hello, judges it, and from then on hands frames to the session of a
 * peer or of a client. All on the connection's event loop.
 */
final class InboundConnection extends ChannelInboundHandlerAdapter implements FrameDecoder.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(NettyTransport.class);

  /** Who is at the other end, once that is known. */
  interface Session {
    void frame(FrameType type, ByteBuf body) throws ProtocolException;

    void writabilityChanged();

    /** Called about once an interval of the pings. */
    void tick();

    void closed();
  }

  private final NodeContext node;
  private final Admission admission;
  private final Channel channel;
  private final FrameDecoder decoder;
  private final Liveness liveness;
  private @Nullable Session session;
  private @Nullable ScheduledFuture<?> ticker;
  private String who;
  private @Nullable CertificateIdentity identity;
  private boolean ended;

  InboundConnection(NodeContext node, Admission admission, Channel channel) {
    this.node = node;
    this.admission = admission;
    this.channel = channel;
    this.decoder = new FrameDecoder(this, node.counters, true);
    this.liveness = new Liveness(node.admission(), System.nanoTime());
    this.who = Texts.address(channel.remoteAddress());
  }

  FrameDecoder decoder() {
    return decoder;
  }

  Channel channel() {
    return channel;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    who = Texts.address(channel.remoteAddress());
    admission.arrived(this);
    int timeoutMs = node.admission().handshakeTimeoutMs();
    ticker =
        channel
            .eventLoop()
            .schedule(
                () -> end(CloseCode.CLOSE_CODE_HANDSHAKE_TIMEOUT, "no Hello within " + timeoutMs + " ms"),
                timeoutMs,
                TimeUnit.MILLISECONDS);
  }

  @Override
  public void frame(FrameType type, ByteBuf body) throws ProtocolException {
    if (node.stopped || ended) {
      return;
    }
    liveness.heard(System.nanoTime());
    Session current = session;
    if (current == null) {
      switch (type) {
        case FRAME_TYPE_HELLO -> hello(Handshake.parseHello(body));
        case FRAME_TYPE_CLOSE -> refusedByOther(Handshake.parseClose(body));
        default -> throw ProtocolException.malformed("a frame " + type + " before the Hello");
      }
      return;
    }
    switch (type) {
      case FRAME_TYPE_PING ->
          send(Frames.of(channel.alloc(), FrameType.FRAME_TYPE_PONG, Pong.getDefaultInstance()));
      case FRAME_TYPE_CLOSE -> {
        LOG.debug("{}: {} said good-bye", node.config.node(), who);
        ended = true;
        var _ = channel.close();
      }
      default -> current.frame(type, body);
    }
  }

  private void hello(Hello hello) throws ProtocolException {
    if (!hello.getNodeName().isEmpty()) {
      who = identity == null ? Texts.printable(hello.getNodeName()) + " at " + who : who;
    }
    if (identity != null) {
      Handshake.checkHelloCertificate(identity, hello, node.config);
    } else if (node.config.security() instanceof Security.Tls) {
      throw new ProtocolException(CloseCode.CLOSE_CODE_CERTIFICATE, "a Hello before the certificate was checked");
    }
    Handshake.checkHello(hello, node.config, node.peers);
    TransportLimits limits = node.config.limits();
    if (hello.getRole() == Role.ROLE_PEER) {
      session = admission.admitPeer(this, hello);
      decoder.allowFrames(limits.link().maxFrameBytes(), node.frameMemory);
    } else {
      session = admission.admitClient(this);
      decoder.allowFrames(limits.requests().maxBodyBytes() + Frames.MAX_CONTROL_BYTES, node.requestMemory);
    }
    cancelTicker();
    int intervalMs = node.admission().pingIntervalMs();
    ticker = channel.eventLoop().scheduleAtFixedRate(this::tick, intervalMs, intervalMs, TimeUnit.MILLISECONDS);
    send(Frames.of(channel.alloc(), FrameType.FRAME_TYPE_WELCOME, Handshake.welcome(node.config)));
    LOG.debug("{}: welcomed {}", node.config.node(), who);
  }

  /** Whoever connected does not like our certificate, and says why. */
  private void refusedByOther(Close close) {
    ended = true;
    node.counters.refused(close.getCode());
    logRefusal("was refused by", Texts.printable(close.getReason()), close.getCode());
    var _ = channel.close();
  }

  /** Plaintext came where TLS is spoken. */
  void speaksNoTls() {
    if (ended) {
      return;
    }
    ended = true;
    String reason = node.config.node() + " speaks TLS only: connect with a certificate";
    node.counters.refused(CloseCode.CLOSE_CODE_CERTIFICATE);
    logRefusal("refused", "it does not speak TLS", CloseCode.CLOSE_CODE_CERTIFICATE);
    channel.pipeline().remove(SslHandler.class);
    Closing.sayAndClose(channel, CloseCode.CLOSE_CODE_CERTIFICATE, reason);
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof SslHandshakeCompletionEvent completion && !ended) {
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
      identity = TlsContext.peer(tls.engine());
      who = identity + " at " + who;
    } catch (CertificateProblemException e) {
      end(CloseCode.CLOSE_CODE_CERTIFICATE, String.valueOf(e.getMessage()));
    }
  }

  private void broken(Throwable cause) {
    if (Texts.isTls(cause)) {
      // TLS has told the other side with an alert, and closes.
      ended = true;
      node.counters.refused(CloseCode.CLOSE_CODE_CERTIFICATE);
      logRefusal("refused", Texts.reason(cause), CloseCode.CLOSE_CODE_CERTIFICATE);
    }
  }

  private void tick() {
    if (liveness.dead(System.nanoTime())) {
      end(CloseCode.CLOSE_CODE_IDLE, "nothing heard for " + node.admission().idleTimeoutMs() + " ms");
    } else if (session != null) {
      session.tick();
    }
  }

  private void send(ByteBuf frame) {
    node.counters.frameSent(frame.readableBytes());
    var _ = channel.writeAndFlush(frame, channel.voidPromise());
  }

  @Override
  public void violated(ProtocolException violation) {
    end(violation.code(), violation.reason());
  }

  /** Refuses or cuts the connection: one line in the log, and the same reason for the other side. */
  void end(CloseCode code, String reason) {
    if (ended) {
      return;
    }
    ended = true;
    node.counters.refused(code);
    if (code == CloseCode.CLOSE_CODE_SHUTTING_DOWN || code == CloseCode.CLOSE_CODE_REPLACED) {
      LOG.debug("{}: closing the connection of {}: {}", node.config.node(), who, reason);
    } else {
      logRefusal("refused", Texts.printable(reason), code);
    }
    Closing.sayAndClose(channel, code, reason);
  }

  private void logRefusal(String verb, String reason, CloseCode code) {
    node.refusals.log(
        System.nanoTime(),
        suppressed ->
            LOG.warn(
                "{}: {} {}: {} [{}]{}",
                node.config.node(),
                verb,
                who,
                reason,
                Counters.name(code),
                suppressed == 0 ? "" : " (and " + suppressed + " more refusals that are not logged)"));
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (session != null) {
      session.writabilityChanged();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    cancelTicker();
    admission.left(this);
    if (session != null) {
      session.closed();
      session = null;
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (ended) {
      // What follows a refusal is of no interest.
    } else if (Texts.isTls(cause)) {
      broken(cause);
    } else if (!(cause instanceof IOException)) {
      LOG.error("{}: connection of {} failed unexpectedly and is closed", node.config.node(), who, cause);
    }
    ended = true;
    var _ = channel.close();
  }

  private void cancelTicker() {
    if (ticker != null) {
      ticker.cancel(false);
      ticker = null;
    }
  }
}
