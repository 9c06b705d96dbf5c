package io.raftoral.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.raftoral.proto.v1.CloseCode;
import io.raftoral.proto.v1.FrameType;
import io.raftoral.proto.v1.RequestRefused;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The requests of one client. Counts what is outstanding and refuses what is too much; answers leave in the order in
 * which they become known, one flush for many. A client that does not read is not read from, and in the end cut off.
 */
final class ClientSession implements InboundConnection.Session {
  private static final Logger LOG = LoggerFactory.getLogger(NettyTransport.class);

  /** A request keeps its place for so long after its time has passed, in case the answer is on its way. */
  private static final long GRACE_NS = TimeUnit.SECONDS.toNanos(1);

  /** A timeout beyond this is cut: an hour is forever for a connection. */
  private static final long MAX_TIMEOUT_MS = TimeUnit.HOURS.toMillis(1);

  private final NodeContext node;
  private final InboundConnection connection;
  private final Channel channel;
  private final TransportLimits.Requests limits;
  private final Map<Long, Outstanding> outstanding = new HashMap<>();
  private final Queue<Outstanding> answered = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean flushScheduled = new AtomicBoolean();
  private boolean closed;

  ClientSession(NodeContext node, InboundConnection connection) {
    this.node = node;
    this.connection = connection;
    this.channel = connection.channel();
    this.limits = node.config.limits().requests();
  }

  /** A request that waits for its answer. */
  private final class Outstanding implements RequestHandler.Reply {
    private final long id;
    private final long deadlineNs;
    private final long reservedBytes;
    private final AtomicBoolean sent = new AtomicBoolean();
    private volatile byte[] answer = {};

    Outstanding(RequestFrames.Request request) {
      this.id = request.id();
      this.reservedBytes = request.body().length;
      this.deadlineNs =
          System.nanoTime()
              + TimeUnit.MILLISECONDS.toNanos(Math.min(request.timeoutMs(), MAX_TIMEOUT_MS))
              + GRACE_NS;
    }

    @Override
    public void send(byte[] body) {
      if (!sent.compareAndSet(false, true)) {
        throw new IllegalStateException("request " + id + " was answered already");
      }
      answer = body;
      answered.add(this);
      scheduleFlush();
    }
  }

  @Override
  public void frame(FrameType type, ByteBuf body) throws ProtocolException {
    if (type != FrameType.FRAME_TYPE_REQUEST) {
      throw ProtocolException.malformed("a frame " + type + " from a client");
    }
    RequestFrames.Request request = RequestFrames.parseRequest(body);
    if (outstanding.containsKey(request.id())) {
      throw ProtocolException.malformed("request id " + request.id() + " twice");
    }
    if (request.body().length > limits.maxBodyBytes()) {
      refuse(
          request.id(),
          RequestRefused.Code.CODE_TOO_LARGE,
          "a request of " + request.body().length + " bytes; the limit is " + limits.maxBodyBytes());
    } else if (outstanding.size() >= limits.maxPerConnection()) {
      refuse(
          request.id(),
          RequestRefused.Code.CODE_OVERLOADED,
          "this connection has " + outstanding.size() + " requests outstanding, which is the limit");
    } else if (!node.requestMemory.tryReserve(request.body().length)) {
      refuse(request.id(), RequestRefused.Code.CODE_OVERLOADED, "no memory for another request at present");
    } else if (node.counters.requestsOutstanding.incrementAndGet() > limits.maxTotal()) {
      node.counters.requestsOutstanding.decrementAndGet();
      node.requestMemory.release(request.body().length);
      refuse(
          request.id(),
          RequestRefused.Code.CODE_OVERLOADED,
          node.config.node() + " has " + limits.maxTotal() + " requests outstanding, which is the limit");
    } else {
      serve(request);
    }
  }

  private void serve(RequestFrames.Request request) {
    Outstanding entry = new Outstanding(request);
    outstanding.put(request.id(), entry);
    try {
      node.requests.handle(request.body(), request.timeoutMs(), entry);
    } catch (RuntimeException e) {
      LOG.error("{}: the handler of a request failed", node.config.node(), e);
      if (entry.sent.compareAndSet(false, true)) {
        outstanding.remove(request.id());
        release(entry);
        refuse(request.id(), RequestRefused.Code.CODE_FAILED, "the node failed to handle the request: " + e);
      }
    }
  }

  private void refuse(long id, RequestRefused.Code code, String reason) {
    node.counters.refused(code);
    write(RequestFrames.refused(channel.alloc(), id, code, reason));
    // Refusals are rare or come in floods; either way the flush belongs to the batch of reads that caused them.
    scheduleFlush();
  }

  private void release(Outstanding entry) {
    node.requestMemory.release(entry.reservedBytes);
    node.counters.requestsOutstanding.decrementAndGet();
  }

  private void scheduleFlush() {
    if (flushScheduled.compareAndSet(false, true)) {
      channel.eventLoop().execute(this::flushAnswers);
    }
  }

  private void flushAnswers() {
    flushScheduled.set(false);
    for (Outstanding entry = answered.poll(); entry != null; entry = answered.poll()) {
      if (outstanding.remove(entry.id, entry)) {
        release(entry);
        if (!node.stopped && !closed) {
          answer(entry);
        }
      }
    }
    if (!closed) {
      channel.flush();
    }
  }

  private void answer(Outstanding entry) {
    if (entry.answer.length > limits.maxBodyBytes()) {
      node.counters.refused(RequestRefused.Code.CODE_FAILED);
      write(
          RequestFrames.refused(
              channel.alloc(),
              entry.id,
              RequestRefused.Code.CODE_FAILED,
              "the answer has " + entry.answer.length + " bytes; the limit is " + limits.maxBodyBytes()));
      return;
    }
    node.counters.served();
    write(RequestFrames.reply(channel.alloc(), entry.id, entry.answer));
  }

  private void write(ByteBuf frame) {
    node.counters.frameSent(frame.readableBytes());
    var _ = channel.write(frame, channel.voidPromise());
    var pending = channel.unsafe().outboundBuffer();
    if (pending != null && pending.totalPendingWriteBytes() > limits.replyQueueBytes()) {
      connection.end(
          CloseCode.CLOSE_CODE_SLOW_READER,
          "more than " + limits.replyQueueBytes() + " bytes of answers wait to be read");
    }
  }

  @Override
  public void writabilityChanged() {
    channel.config().setAutoRead(channel.isWritable());
  }

  /** Gives up requests whose time has passed, so that a handler which forgets one does not hold its place for ever. */
  @Override
  public void tick() {
    long nowNs = System.nanoTime();
    for (Iterator<Outstanding> each = outstanding.values().iterator(); each.hasNext(); ) {
      Outstanding entry = each.next();
      if (nowNs - entry.deadlineNs > 0) {
        each.remove();
        release(entry);
      }
    }
  }

  @Override
  public void closed() {
    closed = true;
    outstanding.values().forEach(this::release);
    outstanding.clear();
  }
}
