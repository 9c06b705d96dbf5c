package io.raftoral.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.raftoral.proto.v1.CloseCode;
import io.raftoral.proto.v1.FrameType;
import io.raftoral.proto.v1.Welcome;
import io.raftoral.raft.message.Message;
import io.raftoral.transport.tls.CertificateIdentity;
import java.net.InetSocketAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to one peer: its queues, and the connection over which they leave, made anew for ever until the link is
 * closed. Messages for a peer that is not connected are dropped at once: Raft sends again what still matters then.
 *
 * <p>{@link #send} may be called on any thread; all else happens on the link's event loop.
 */
final class PeerLink implements DialedConnection.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(NettyTransport.class);

  private final NodeContext node;
  private final long id;
  private final PeerAddress address;
  private final EventLoop loop;
  private final OutboundLanes lanes;
  private final Backoff backoff;
  private final AtomicBoolean drainScheduled = new AtomicBoolean();

  /** Read by senders: whether it is worth while to queue. */
  private volatile boolean connected;

  /** Something was queued since the last drain. */
  private volatile boolean dirty;

  /** Something was dropped and the receiver knows; cleared when a drain has emptied the queues. */
  private volatile boolean overflowReported;

  private @Nullable DialedConnection connection;
  private @Nullable LinkWriter writer;
  private int attempt;
  private long lastAttemptNs;
  private boolean dialing;
  private boolean closed;
  private String lastComplaint = "";

  PeerLink(NodeContext node, long id, PeerAddress address, EventLoop loop) {
    this.node = node;
    this.id = id;
    this.address = address;
    this.loop = loop;
    this.lanes = new OutboundLanes(node.linkLimits(), node.counters);
    this.backoff =
        new Backoff(
            node.admission().reconnectMinMs(), node.admission().reconnectMaxMs(), ThreadLocalRandom.current());
  }

  PeerAddress address() {
    return address;
  }

  long queuedBytes() {
    return lanes.queuedBytes();
  }

  void start() {
    loop.execute(this::dial);
  }

  /** Queues a message. Nothing leaves before {@link #flush}. */
  void send(long group, Message message) {
    if (!connected) {
      node.counters.dropped(Counters.Drop.NOT_CONNECTED, 1);
      reportIfSnapshot(group, message);
    } else if (lanes.offer(group, message)) {
      dirty = true;
    } else {
      reportIfSnapshot(group, message);
      if (!overflowReported) {
        overflowReported = true;
        node.receiver.unreachable(id);
      }
    }
  }

  private void reportIfSnapshot(long group, Message message) {
    if (message instanceof Message.InstallSnapshot) {
      node.receiver.snapshotLost(group, id);
    }
  }

  /** Has the event loop send what is queued; once for many calls. */
  void flush() {
    if (dirty && drainScheduled.compareAndSet(false, true)) {
      loop.execute(this::drain);
    }
  }

  private void drain() {
    // Cleared first: what is offered from now on schedules a drain of its own.
    drainScheduled.set(false);
    dirty = false;
    LinkWriter current = writer;
    if (current != null && !node.stopped) {
      current.drain();
      if (overflowReported && lanes.queuedBytes() == 0) {
        overflowReported = false;
      }
    }
  }

  /** The peer showed that it is alive: no need to wait for the end of a pause. */
  void poke() {
    loop.execute(
        () -> {
          long pausedNs = System.nanoTime() - lastAttemptNs;
          if (pausedNs > TimeUnit.MILLISECONDS.toNanos(node.admission().reconnectMinMs())) {
            dial();
          }
        });
  }

  private void dial() {
    if (closed || node.stopped || dialing || connection != null) {
      return;
    }
    dialing = true;
    lastAttemptNs = System.nanoTime();
    attempt++;
    var _ =
        Resolver.resolve(address.host(), address.port(), attempt - 1)
            .whenComplete(
                (resolved, failure) ->
                    loop.execute(
                        () -> {
                          if (failure != null) {
                            failed("cannot resolve " + address.host());
                          } else {
                            connect(resolved);
                          }
                        }));
  }

  private void connect(InetSocketAddress target) {
    if (closed || node.stopped) {
      dialing = false;
      return;
    }
    TransportLimits.Link limits = node.linkLimits();
    new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.SO_SNDBUF, limits.socketBufferBytes())
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, node.admission().connectTimeoutMs())
        .option(
            ChannelOption.WRITE_BUFFER_WATER_MARK,
            new WriteBufferWaterMark(limits.writeLowWaterBytes(), limits.writeHighWaterBytes()))
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                initConnection(channel);
              }
            })
        .connect(target)
        .addListener(
            future -> {
              dialing = false;
              if (!future.isSuccess()) {
                connection = null;
                failed(Texts.reason(future.cause()));
              }
            });
  }

  private void initConnection(Channel channel) {
    node.channels.add(channel);
    DialedConnection dialed =
        new DialedConnection(
            channel,
            this,
            Handshake.peerHello(node.config, node.peers, id, address.name()),
            node.admission(),
            node.frameMemory,
            node.counters,
            node.linkLimits().maxFrameBytes());
    connection = dialed;
    Pipelines.dialed(channel, node.config.security(), dialed);
  }

  private void failed(String why) {
    dialing = false;
    complain("cannot reach " + address + ": " + why);
    node.receiver.unreachable(id);
    retryLater();
  }

  private void retryLater() {
    if (!closed && !node.stopped) {
      var _ = loop.schedule(this::dial, backoff.nextDelayMs(), TimeUnit.MILLISECONDS);
    }
  }

  /** One line when the reason changes, not one an attempt. */
  private void complain(String text) {
    if (!text.equals(lastComplaint)) {
      lastComplaint = text;
      LOG.info("{}: {}; trying again until it works", node.config.node(), text);
    }
  }

  @Override
  public void checkCertificate(CertificateIdentity identity) throws ProtocolException {
    Handshake.checkServerCertificate(identity, node.config.cluster(), address.name());
  }

  @Override
  public void checkWelcome(Welcome welcome) throws ProtocolException {
    Handshake.checkPeerWelcome(welcome, node.config, id, address.name());
  }

  @Override
  public void ready(DialedConnection ready, Welcome welcome) {
    int frameBytes = Math.min(node.linkLimits().maxFrameBytes(), welcome.getMaxFrameBytes());
    writer = new LinkWriter(ready.channel(), lanes, node.counters, Math.max(frameBytes, 1_024));
    backoff.reset();
    lastComplaint = "";
    node.counters.outboundLinks.incrementAndGet();
    connected = true;
    LOG.info("{}: connected to {}", node.config.node(), address);
  }

  @Override
  public void frame(FrameType type, ByteBuf body) throws ProtocolException {
    throw ProtocolException.malformed("a frame " + type + " where only answers of the transport belong");
  }

  @Override
  public void writable() {
    // Not at once: this is called from within a flush.
    if (drainScheduled.compareAndSet(false, true)) {
      loop.execute(this::drain);
    }
  }

  @Override
  public void closed(DialedConnection.End end) {
    connection = null;
    connected = false;
    if (writer != null) {
      writer.close(this::snapshotLost);
      writer = null;
      node.counters.outboundLinks.decrementAndGet();
    }
    lanes.clear(Counters.Drop.CONNECTION_LOST).forEach(this::snapshotLost);
    overflowReported = false;
    if (closed || node.stopped) {
      return;
    }
    if (end.code() != null) {
      if (!end.byOther()) {
        node.counters.refused(end.code());
      }
      if (lasting(end.code())) {
        backoff.toLongest();
      }
    }
    if (end.wasReady()) {
      LOG.info("{}: lost {}: {}", node.config.node(), address, end.reason());
    } else {
      complain((end.byOther() ? "refused by " : "cannot use ") + address + ": " + end.reason());
    }
    node.receiver.unreachable(id);
    retryLater();
  }

  private void snapshotLost(long group) {
    if (!node.stopped) {
      node.receiver.snapshotLost(group, id);
    }
  }

  /** Whether a refusal stays until somebody changes the configuration. */
  private static boolean lasting(CloseCode code) {
    return switch (code) {
      case CLOSE_CODE_MALFORMED,
          CLOSE_CODE_VERSION,
          CLOSE_CODE_WRONG_CLUSTER,
          CLOSE_CODE_UNKNOWN_NODE,
          CLOSE_CODE_WRONG_NODE,
          CLOSE_CODE_SELF,
          CLOSE_CODE_DUPLICATE_NODE,
          CLOSE_CODE_FORGED,
          CLOSE_CODE_CERTIFICATE ->
          true;
      case CLOSE_CODE_UNSPECIFIED,
          CLOSE_CODE_TOO_MANY,
          CLOSE_CODE_HANDSHAKE_TIMEOUT,
          CLOSE_CODE_SHUTTING_DOWN,
          CLOSE_CODE_IDLE,
          CLOSE_CODE_OVERLOADED,
          CLOSE_CODE_SLOW_READER,
          CLOSE_CODE_REPLACED,
          UNRECOGNIZED ->
          false;
    };
  }

  /** Ends the link for good, with a good-bye. */
  void close() {
    loop.execute(
        () -> {
          closed = true;
          if (connection != null) {
            connection.close(CloseCode.CLOSE_CODE_SHUTTING_DOWN, node.config.node() + " is closing");
          }
        });
  }
}
