package io.raftoral.transport;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.raftoral.proto.v1.CloseCode;
import io.raftoral.raft.driver.Transport;
import io.raftoral.raft.message.Message;
import io.raftoral.transport.tls.CertificateIdentity;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@link Transport} of production: TCP by Netty. One connection a direction and peer carries all groups; clients
 * use the same port. All methods may be called on any thread; none blocks but {@link #start}, {@link #close} and
 * {@link #kill}.
 *
 * <p>{@code docs/transport.md} describes the protocol.
 */
public final class NettyTransport implements Transport, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NettyTransport.class);

  /** Connections that the kernel has accepted and nobody has taken yet. */
  private static final int BACKLOG = 256;

  /** How often the files of the certificates are looked at. */
  private static final int CERTIFICATE_CHECK_MS = 1_000;

  /** How long {@link #close} waits for good-byes, and {@link #kill} for the resets. */
  private static final int CLOSE_MS = 1_000;

  private final TransportConfig config;
  private final Counters counters = new Counters();
  private volatile @Nullable Running running;
  private boolean ended;

  /** What there is between start and close. */
  private static final class Running {
    final NodeContext node;
    final EventLoopGroup loops;
    final Channel listener;
    final Admission admission;
    final Map<Long, NettyRequestChannel> requestChannels = new ConcurrentHashMap<>();

    /** Replaced as a whole, so that senders need no lock. */
    volatile SortedMap<Long, PeerLink> links = new TreeMap<>();

    Running(NodeContext node, EventLoopGroup loops, Channel listener, Admission admission) {
      this.node = node;
      this.loops = loops;
      this.listener = listener;
      this.admission = admission;
    }
  }

  /** Prepares a transport; nothing is opened before {@link #start}. */
  public NettyTransport(TransportConfig config) {
    this.config = config;
  }

  /**
   * Listens, and begins to connect to the peers.
   *
   * @param receiver told what arrives, on I/O threads
   * @param requests serves the requests of clients and of other nodes, on I/O threads
   * @throws TransportException if the address is in use or cannot be bound, or plaintext would leave the machine
   *     unasked
   */
  public synchronized void start(Receiver receiver, RequestHandler requests) {
    if (running != null || ended) {
      throw new TransportException(TransportException.Kind.CLOSED, "the transport was started before");
    }
    requireOwnCertificate();
    requireSecure(config.peers().values());
    EventLoopGroup loops =
        EventLoops.create("raftoral-io-" + config.node(), config.ioThreads());
    try {
      ChannelGroup channels = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);
      NodeContext node = new NodeContext(config, counters, channels, receiver, requests);
      Admission admission = new Admission(node, this::peerArrived);
      Channel listener = listen(node, loops, admission);
      running = new Running(node, loops, listener, admission);
      watchCertificates(loops);
      LOG.info(
          "{}: listening on {} {}",
          config.node(),
          Texts.address(listener.localAddress()),
          config.security() instanceof Security.Tls ? "with TLS" : "in plaintext");
    } catch (RuntimeException e) {
      EventLoops.shutdown(loops);
      throw e;
    }
    updatePeers(config.peers());
  }

  private void requireOwnCertificate() {
    if (config.security() instanceof Security.Tls tls) {
      CertificateIdentity wanted = CertificateIdentity.node(config.cluster(), config.node());
      if (!tls.context().identity().equals(wanted)) {
        throw new TransportException(
            TransportException.Kind.BAD_CERTIFICATE,
            "the certificate belongs to " + tls.context().identity() + ", but this is " + wanted);
      }
    }
  }

  private void requireSecure(Collection<PeerAddress> peers) {
    if (!(config.security() instanceof Security.Plaintext(boolean beyondLoopback))) {
      return;
    }
    String remote = Resolver.isLoopback(config.listenHost()) ? "" : config.listenHost() + ":" + config.listenPort();
    for (PeerAddress peer : peers) {
      remote = Resolver.isLoopback(peer.host()) ? remote : peer.toString();
    }
    if (beyondLoopback && !remote.isEmpty()) {
      LOG.warn(
          "{}: connections are neither encrypted nor authenticated (insecure): whoever can reach {} can read and change"
              + " everything",
          config.node(),
          config.listenHost() + ":" + config.listenPort());
    } else if (!remote.isEmpty()) {
      throw new TransportException(
          TransportException.Kind.INSECURE,
          "without TLS, " + remote + " would be spoken to in plaintext beyond this machine; give it certificates, say"
              + " so by name (insecure), or use loopback addresses");
    }
  }

  private Channel listen(NodeContext node, EventLoopGroup loops, Admission admission) {
    TransportLimits.Link limits = config.limits().link();
    ServerBootstrap bootstrap =
        new ServerBootstrap()
            .group(loops)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_REUSEADDR, true)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(ChannelOption.SO_KEEPALIVE, true)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(limits.writeLowWaterBytes(), limits.writeHighWaterBytes()))
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    node.channels.add(channel);
                    InboundConnection connection = new InboundConnection(node, admission, channel);
                    Pipelines.accepted(channel, config.security(), connection);
                  }
                });
    ChannelFuture bound = bootstrap.bind(config.listenHost(), config.listenPort()).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw cannotListen(bound.cause());
    }
    node.channels.add(bound.channel());
    return bound.channel();
  }

  private void watchCertificates(EventLoopGroup loops) {
    if (config.security() instanceof Security.Tls tls) {
      var _ =
          loops
              .next()
              .scheduleAtFixedRate(
                  tls.context()::refreshLater, CERTIFICATE_CHECK_MS, CERTIFICATE_CHECK_MS, TimeUnit.MILLISECONDS);
    }
  }

  private TransportException cannotListen(Throwable cause) {
    String address = config.listenHost() + ":" + config.listenPort();
    if (cause instanceof BindException) {
      boolean inUse = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("in use");
      return inUse
          ? new TransportException(
              TransportException.Kind.ADDRESS_IN_USE, "port in use: " + address + "; is another node running?", cause)
          : new TransportException(
              TransportException.Kind.BAD_ADDRESS,
              "cannot listen on " + address + ": " + Texts.reason(cause),
              cause);
    }
    if (cause instanceof UnknownHostException || cause instanceof UnresolvedAddressException) {
      return new TransportException(
          TransportException.Kind.BAD_ADDRESS, "cannot listen on " + address + ": no such host", cause);
    }
    return new TransportException(
        TransportException.Kind.IO, "cannot listen on " + address + ": " + Texts.reason(cause), cause);
  }

  private Running running() {
    Running current = running;
    if (current == null) {
      throw new TransportException(TransportException.Kind.CLOSED, "the transport is not running");
    }
    return current;
  }

  /** Where this node listens: the port is the real one, also if port 0 was asked for. */
  public InetSocketAddress localAddress() {
    return (InetSocketAddress) running().listener.localAddress();
  }

  @Override
  public void send(long group, List<Message> messages) {
    Running current = running;
    if (current == null || current.node.stopped) {
      counters.dropped(Counters.Drop.CLOSED, messages.size());
      return;
    }
    SortedMap<Long, PeerLink> links = current.links;
    for (Message message : messages) {
      PeerLink link = links.get(message.to());
      if (link == null) {
        counters.dropped(Counters.Drop.UNKNOWN_NODE, 1);
      } else {
        link.send(group, message);
      }
    }
    links.values().forEach(PeerLink::flush);
  }

  private void peerArrived(long id) {
    Running current = running;
    PeerLink link = current == null ? null : current.links.get(id);
    if (link != null) {
      link.poke();
    }
  }

  /**
   * The channel by which this node asks another one; shared by all callers and closed with this transport.
   *
   * @throws TransportException if {@code node} is no member
   */
  public RequestChannel requestChannel(long node) {
    Running current = running();
    PeerAddress peer = current.node.peers.get(node);
    if (peer == null) {
      throw new TransportException(TransportException.Kind.BAD_ADDRESS, "node " + node + " is no member");
    }
    return current.requestChannels.computeIfAbsent(
        node,
        _ ->
            NettyRequestChannel.onLoop(
                current.loops.next(),
                current.node.channels,
                peer,
                RequestChannelConfig.defaults()
                    .withCluster(config.cluster())
                    .withClient(config.node())
                    .withSecurity(config.security())
                    .withMaxOutstanding(config.limits().requests().maxPerConnection())
                    .withLimits(config.limits())));
  }

  /** Replaces the members: links to new ones are opened, links to others are closed. */
  public synchronized void updatePeers(SortedMap<Long, PeerAddress> peers) {
    Running current = running();
    requireSecure(peers.values());
    SortedMap<Long, PeerAddress> previous = current.node.peers;
    SortedMap<Long, PeerLink> links = new TreeMap<>();
    List<PeerLink> added = new ArrayList<>();
    SortedMap<Long, PeerLink> old = current.links;
    for (var peer : peers.entrySet()) {
      if (peer.getKey() == config.nodeId()) {
        continue;
      }
      PeerLink link = old.get(peer.getKey());
      if (link == null || !link.address().equals(peer.getValue())) {
        link = new PeerLink(current.node, peer.getKey(), peer.getValue(), current.loops.next());
        added.add(link);
      }
      links.put(peer.getKey(), link);
    }
    current.node.peers = Collections.unmodifiableSortedMap(new TreeMap<>(peers));
    current.links = links;
    old.values().stream().filter(link -> !links.containsValue(link)).forEach(PeerLink::close);
    added.forEach(PeerLink::start);
    current.admission.dropStrangers();
    previous.forEach(
        (id, address) -> {
          if (!address.equals(peers.get(id))) {
            NettyRequestChannel stale = current.requestChannels.remove(id);
            if (stale != null) {
              stale.close();
            }
          }
        });
  }

  /** Counts so far. */
  public TransportStats stats() {
    Running current = running;
    long queued = current == null ? 0 : current.links.values().stream().mapToLong(PeerLink::queuedBytes).sum();
    return counters.snapshot(queued);
  }

  /**
   * Says good-bye to the peers, sends what is encoded already, and closes everything. Idempotent. Not to be called on an
   * I/O thread, for which it waits.
   */
  @Override
  public void close() {
    Running current = end();
    if (current == null) {
      return;
    }
    current.listener.close().awaitUninterruptibly(CLOSE_MS);
    current.requestChannels.values().forEach(NettyRequestChannel::close);
    current.links.values().forEach(PeerLink::close);
    for (Channel channel : current.node.channels) {
      InboundConnection inbound = channel.pipeline().get(InboundConnection.class);
      if (inbound != null) {
        channel
            .eventLoop()
            .execute(() -> inbound.end(CloseCode.CLOSE_CODE_SHUTTING_DOWN, config.node() + " is closing"));
      }
    }
    current.node.channels.newCloseFuture().awaitUninterruptibly(CLOSE_MS);
    current.node.stopped = true;
    current.node.channels.close().awaitUninterruptibly(CLOSE_MS);
    EventLoops.shutdown(current.loops);
    LOG.info("{}: transport closed", config.node());
  }

  /** As if the process had died: connections are reset and nothing more is sent from now on. Idempotent. */
  public void kill() {
    Running current = end();
    if (current == null) {
      return;
    }
    current.node.stopped = true;
    current.requestChannels.values().forEach(NettyRequestChannel::kill);
    List<Channel> channels = new ArrayList<>(current.node.channels);
    CountDownLatch reset = new CountDownLatch(channels.size());
    boolean onLoop = false;
    for (Channel channel : channels) {
      onLoop |= channel.eventLoop().inEventLoop();
      channel
          .eventLoop()
          .execute(
              () -> {
                Closing.reset(channel);
                reset.countDown();
              });
    }
    if (!onLoop) {
      awaitQuietly(reset);
    }
    EventLoops.shutdown(current.loops);
    LOG.info("{}: transport killed", config.node());
  }

  private synchronized @Nullable Running end() {
    Running current = ended ? null : running;
    ended = true;
    return current;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      if (!latch.await(CLOSE_MS, TimeUnit.MILLISECONDS)) {
        LOG.warn("some connections were not reset within {} ms", CLOSE_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
