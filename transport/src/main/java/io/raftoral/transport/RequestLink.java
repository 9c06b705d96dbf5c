package io.raftoral.transport;

import com.google.protobuf.InvalidProtocolBufferException;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.raftoral.proto.v1.CloseCode;
import io.raftoral.proto.v1.FrameType;
import io.raftoral.proto.v1.RequestRefused;
import io.raftoral.proto.v1.Welcome;
import io.raftoral.transport.RequestFailedException.Reason;
import io.raftoral.transport.tls.CertificateIdentity;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The inner half of {@link NettyRequestChannel}: one connection to one node, made when it is needed, and the requests on
 * their way.
 */
final class RequestLink implements DialedConnection.Owner {
  /** How exactly timeouts are kept. */
  private static final int SWEEP_MS = 20;

  private final EventLoop loop;
  private final ChannelGroup channels;
  private final Runnable releaseLoop;
  private final String host;
  private final int port;
  private final RequestChannelConfig config;
  private final Counters counters = new Counters();
  private final MemoryBudget budget = new MemoryBudget(Long.MAX_VALUE / 2);

  private final AtomicInteger outstanding = new AtomicInteger();
  private final Queue<Pending> submitted = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean drainScheduled = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  // What follows is touched on the event loop alone.
  private final ArrayDeque<Pending> waiting = new ArrayDeque<>();
  private final Map<Long, Pending> sent = new LinkedHashMap<>();
  private @Nullable DialedConnection connection;
  private boolean ready;
  private boolean dialing;
  private boolean sweeping;
  private int attempt;
  private long lastId;
  private int maxBodyBytes = Integer.MAX_VALUE;

  /** A request that waits for its answer. */
  private record Pending(byte[] body, long deadlineNs, Duration timeout, CompletableFuture<byte[]> answer) {}

  /**
   * Prepares a link.
   *
   * @param channels where connections are registered as long as they are open
   * @param releaseLoop run when the link has no more use for the loop
   */
  RequestLink(
      EventLoop loop,
      ChannelGroup channels,
      Runnable releaseLoop,
      String host,
      int port,
      RequestChannelConfig config) {
    this.loop = loop;
    this.channels = channels;
    this.releaseLoop = releaseLoop;
    this.host = host;
    this.port = port;
    this.config = config;
  }

  CompletableFuture<byte[]> request(byte[] body, Duration timeout) {
    if (closed.get()) {
      return CompletableFuture.failedFuture(closedFailure(false));
    }
    if (body.length > config.limits().requests().maxBodyBytes()) {
      return CompletableFuture.failedFuture(tooLarge(body.length, config.limits().requests().maxBodyBytes()));
    }
    if (outstanding.incrementAndGet() > config.maxOutstanding()) {
      outstanding.decrementAndGet();
      return CompletableFuture.failedFuture(
          new RequestFailedException(
              Reason.OVERLOADED,
              config.maxOutstanding() + " requests to " + address() + " are outstanding, which is the limit; try again",
              false));
    }
    Pending pending =
        new Pending(body, System.nanoTime() + timeout.toNanos(), timeout, new CompletableFuture<>());
    submitted.add(pending);
    scheduleDrain();
    return pending.answer();
  }

  private String address() {
    return host + ":" + port;
  }

  private void scheduleDrain() {
    if (drainScheduled.compareAndSet(false, true)) {
      try {
        loop.execute(this::drain);
      } catch (RejectedExecutionException e) {
        // The loop has ended, with the transport or with the last channel: nobody else will touch these any more.
        failAll(submitted, closedFailure(false));
      }
    }
  }

  private void drain() {
    drainScheduled.set(false);
    for (Pending next = submitted.poll(); next != null; next = submitted.poll()) {
      waiting.add(next);
    }
    if (closed.get()) {
      failAll(waiting, closedFailure(false));
    } else if (ready) {
      write();
    } else if (!waiting.isEmpty()) {
      dial();
    }
    if (!waiting.isEmpty() || !sent.isEmpty()) {
      sweepLater();
    }
  }

  private void write() {
    Channel channel = connection == null ? null : connection.channel();
    if (channel == null) {
      return;
    }
    boolean wrote = false;
    while (channel.isWritable() && !waiting.isEmpty()) {
      Pending next = waiting.remove();
      if (next.body().length > maxBodyBytes) {
        fail(next, tooLarge(next.body().length, maxBodyBytes));
        continue;
      }
      long leftMs = TimeUnit.NANOSECONDS.toMillis(next.deadlineNs() - System.nanoTime());
      if (leftMs <= 0) {
        fail(next, timedOut(next, false));
        continue;
      }
      lastId++;
      sent.put(lastId, next);
      ByteBuf frame = RequestFrames.request(channel.alloc(), lastId, leftMs, next.body());
      counters.frameSent(frame.readableBytes());
      var _ = channel.write(frame, channel.voidPromise());
      wrote = true;
    }
    if (wrote) {
      channel.flush();
    }
  }

  private void dial() {
    if (dialing || connection != null) {
      return;
    }
    dialing = true;
    attempt++;
    var _ =
        Resolver.resolve(host, port, attempt - 1)
            .whenComplete(
                (resolved, failure) ->
                    loop.execute(
                        () -> {
                          if (failure != null) {
                            unreachable("cannot resolve " + host);
                          } else {
                            connectTo(resolved);
                          }
                        }));
  }

  private void connectTo(InetSocketAddress target) {
    TransportLimits.Link limits = config.limits().link();
    new Bootstrap()
        .group(loop)
        .channel(NioSocketChannel.class)
        .option(ChannelOption.TCP_NODELAY, true)
        .option(ChannelOption.SO_KEEPALIVE, true)
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, config.limits().admission().connectTimeoutMs())
        .option(
            ChannelOption.WRITE_BUFFER_WATER_MARK,
            new WriteBufferWaterMark(limits.writeLowWaterBytes(), limits.writeHighWaterBytes()))
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                channels.add(channel);
                DialedConnection dialed =
                    new DialedConnection(
                        channel,
                        RequestLink.this,
                        Handshake.clientHello(config.cluster(), config.client()),
                        config.limits().admission(),
                        budget,
                        counters,
                        config.limits().requests().maxBodyBytes() + Frames.MAX_CONTROL_BYTES);
                connection = dialed;
                Pipelines.dialed(channel, config.security(), dialed);
              }
            })
        .connect(target)
        .addListener(
            future -> {
              dialing = false;
              if (!future.isSuccess()) {
                connection = null;
                unreachable(Texts.reason(future.cause()));
              } else if (closed.get() && connection != null) {
                connection.close(CloseCode.CLOSE_CODE_SHUTTING_DOWN, "the client is closing");
              }
            });
  }

  private void unreachable(String why) {
    dialing = false;
    failAll(
        waiting, new RequestFailedException(Reason.UNREACHABLE, "cannot reach " + address() + ": " + why, false));
  }

  @Override
  public void checkCertificate(CertificateIdentity identity) throws ProtocolException {
    String cluster =
        config.cluster().isEmpty() && config.security() instanceof Security.Tls tls
            ? tls.context().identity().cluster()
            : config.cluster();
    Handshake.checkServerCertificate(identity, cluster, "");
  }

  @Override
  public void checkWelcome(Welcome welcome) throws ProtocolException {
    Handshake.checkClientWelcome(welcome, config.cluster());
  }

  @Override
  public void ready(DialedConnection newConnection, Welcome welcome) {
    ready = true;
    maxBodyBytes = welcome.getMaxBodyBytes();
    write();
  }

  @Override
  public void writable() {
    if (!waiting.isEmpty()) {
      scheduleDrain();
    }
  }

  @Override
  public void frame(FrameType type, ByteBuf body) throws ProtocolException {
    switch (type) {
      case FRAME_TYPE_REPLY -> {
        RequestFrames.Reply reply = RequestFrames.parseReply(body);
        Pending pending = sent.remove(reply.id());
        // An answer to a request that timed out meanwhile is nobody's.
        if (pending != null) {
          outstanding.decrementAndGet();
          pending.answer().complete(reply.body());
        }
      }
      case FRAME_TYPE_REQUEST_REFUSED -> refused(body);
      default -> throw ProtocolException.malformed("a frame " + type + " from a server");
    }
  }

  private void refused(ByteBuf body) throws ProtocolException {
    RequestRefused refused;
    try {
      refused = RequestRefused.parseFrom(body.nioBuffer());
    } catch (InvalidProtocolBufferException e) {
      throw ProtocolException.malformed("a refusal that is no valid protobuf");
    }
    Pending pending = sent.remove(refused.getId());
    if (pending != null) {
      String why = address() + " refused: " + Texts.printable(refused.getReason());
      fail(
          pending,
          switch (refused.getCode()) {
            case CODE_OVERLOADED -> new RequestFailedException(Reason.OVERLOADED, why, false);
            case CODE_TOO_LARGE -> new RequestFailedException(Reason.TOO_LARGE, why, false);
            case CODE_SHUTTING_DOWN -> new RequestFailedException(Reason.REFUSED, why, false);
            case CODE_FAILED, CODE_UNSPECIFIED, UNRECOGNIZED ->
                new RequestFailedException(Reason.FAILED, why, true);
          });
    }
  }

  @Override
  public void closed(DialedConnection.End end) {
    connection = null;
    ready = false;
    String why = address() + ": " + end.reason();
    List<Pending> lost = new ArrayList<>(sent.values());
    sent.clear();
    boolean byUs = closed.get();
    for (Pending pending : lost) {
      fail(
          pending,
          byUs
              ? closedFailure(true)
              : new RequestFailedException(Reason.CONNECTION_LOST, "lost the connection to " + why, true));
    }
    Reason reason =
        end.wasReady() ? Reason.CONNECTION_LOST : end.code() == null ? Reason.UNREACHABLE : Reason.REFUSED;
    failAll(
        waiting,
        byUs
            ? closedFailure(false)
            : new RequestFailedException(
                reason, (reason == Reason.REFUSED ? "refused by " : "no connection to ") + why, false));
  }

  private void sweepLater() {
    if (!sweeping) {
      sweeping = true;
      var _ = loop.schedule(this::sweep, SWEEP_MS, TimeUnit.MILLISECONDS);
    }
  }

  private void sweep() {
    sweeping = false;
    long nowNs = System.nanoTime();
    List<Pending> late = new ArrayList<>();
    collectLate(waiting.iterator(), nowNs, late);
    int unsent = late.size();
    collectLate(sent.values().iterator(), nowNs, late);
    for (int i = 0; i < late.size(); i++) {
      fail(late.get(i), timedOut(late.get(i), i >= unsent));
    }
    if (!waiting.isEmpty() || !sent.isEmpty()) {
      sweepLater();
    }
  }

  private static void collectLate(Iterator<Pending> each, long nowNs, List<Pending> late) {
    while (each.hasNext()) {
      Pending pending = each.next();
      if (nowNs - pending.deadlineNs() >= 0) {
        each.remove();
        late.add(pending);
      }
    }
  }

  private void fail(Pending pending, RequestFailedException failure) {
    outstanding.decrementAndGet();
    pending.answer().completeExceptionally(failure);
  }

  private void failAll(Queue<Pending> all, RequestFailedException failure) {
    for (Pending next = all.poll(); next != null; next = all.poll()) {
      fail(next, failure);
    }
  }

  private RequestFailedException timedOut(Pending pending, boolean maybeExecuted) {
    return new RequestFailedException(
        Reason.TIMED_OUT,
        "no answer from " + address() + " within " + pending.timeout().toMillis() + " ms"
            + (maybeExecuted ? "; the request may have been executed" : "; the request was never sent"),
        maybeExecuted);
  }

  private RequestFailedException closedFailure(boolean maybeExecuted) {
    return new RequestFailedException(Reason.CLOSED, "the channel to " + address() + " is closed", maybeExecuted);
  }

  private static RequestFailedException tooLarge(int bytes, int limit) {
    return new RequestFailedException(
        Reason.TOO_LARGE, "a request of " + bytes + " bytes; the limit is " + limit, false);
  }

  void close() {
    end(
        () -> {
          if (connection != null) {
            connection.close(CloseCode.CLOSE_CODE_SHUTTING_DOWN, "the client is closing");
          }
        });
  }

  /** Sends nothing more, not even a good-bye; whoever owns the channels resets them. */
  void kill() {
    end(() -> {});
  }

  private void failAllWaiting() {
    List<Pending> lost = new ArrayList<>(sent.values());
    sent.clear();
    lost.forEach(pending -> fail(pending, closedFailure(true)));
    failAll(waiting, closedFailure(false));
  }

  private void end(Runnable goodBye) {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      loop.execute(
          () -> {
            drain();
            goodBye.run();
            // Not left to the end of the connection: that may take a while, and the loop may be gone by then.
            failAllWaiting();
            releaseLoop.run();
          });
    } catch (RejectedExecutionException e) {
      failAll(submitted, closedFailure(false));
    }
  }
}
