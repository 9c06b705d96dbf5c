package io.raftoral.transport;

import io.raftoral.proto.MessageKind;
import io.raftoral.proto.v1.CloseCode;
import io.raftoral.proto.v1.RequestRefused;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** Counts what happens, on any thread. {@link TransportStats} is the copy for others. */
final class Counters {

  /** Why a message of the core did not leave. */
  enum Drop {
    /** There is no connection to the peer at present. */
    NOT_CONNECTED,
    /** The peer's queue is full. */
    QUEUE_FULL,
    /** Larger than a message may be. */
    TOO_LARGE,
    /** The receiver is no member. */
    UNKNOWN_NODE,
    /** The connection broke while the message waited. */
    CONNECTION_LOST,
    /** The transport is closed or was not started. */
    CLOSED
  }

  private final Map<MessageKind, LongAdder> sent = adders(MessageKind.class);
  private final Map<MessageKind, LongAdder> received = adders(MessageKind.class);
  private final Map<Drop, LongAdder> dropped = adders(Drop.class);
  private final Map<CloseCode, LongAdder> connectionsRefused = adders(CloseCode.class);
  private final Map<RequestRefused.Code, LongAdder> requestsRefused = adders(RequestRefused.Code.class);
  private final LongAdder framesSent = new LongAdder();
  private final LongAdder framesReceived = new LongAdder();
  private final LongAdder bytesSent = new LongAdder();
  private final LongAdder bytesReceived = new LongAdder();
  private final LongAdder requestsServed = new LongAdder();
  final AtomicInteger requestsOutstanding = new AtomicInteger();
  final AtomicInteger outboundLinks = new AtomicInteger();
  final AtomicInteger inboundPeers = new AtomicInteger();
  final AtomicInteger clients = new AtomicInteger();

  /** Filled once and never changed again, so that any thread may read it. */
  private static <E extends Enum<E>> Map<E, LongAdder> adders(Class<E> type) {
    Map<E, LongAdder> adders = new EnumMap<>(type);
    for (E value : type.getEnumConstants()) {
      adders.put(value, new LongAdder());
    }
    return adders;
  }

  private static <E extends Enum<E>> void add(Map<E, LongAdder> adders, E value, long count) {
    LongAdder adder = adders.get(value);
    if (adder != null) {
      adder.add(count);
    }
  }

  void sent(MessageKind kind) {
    add(sent, kind, 1);
  }

  void received(MessageKind kind) {
    add(received, kind, 1);
  }

  void dropped(Drop cause, long messages) {
    add(dropped, cause, messages);
  }

  void refused(CloseCode code) {
    add(connectionsRefused, code, 1);
  }

  void refused(RequestRefused.Code code) {
    add(requestsRefused, code, 1);
  }

  void served() {
    requestsServed.increment();
  }

  void frameSent(long bytes) {
    framesSent.increment();
    bytesSent.add(bytes);
  }

  void frameReceived(long bytes) {
    framesReceived.increment();
    bytesReceived.add(bytes);
  }

  TransportStats snapshot(long queuedBytes) {
    return new TransportStats(
        named(sent),
        named(received),
        named(dropped),
        named(connectionsRefused),
        named(requestsRefused),
        requestsServed.sum(),
        requestsOutstanding.get(),
        bytesSent.sum(),
        bytesReceived.sum(),
        framesSent.sum(),
        framesReceived.sum(),
        outboundLinks.get(),
        inboundPeers.get(),
        clients.get(),
        queuedBytes);
  }

  /** What was counted at least once, by a name such as "heartbeat" or "queue_full". */
  private static <E extends Enum<E>> SortedMap<String, Long> named(Map<E, LongAdder> adders) {
    SortedMap<String, Long> counts = new TreeMap<>();
    adders.forEach(
        (value, adder) -> {
          long count = adder.sum();
          if (count > 0) {
            counts.put(name(value), count);
          }
        });
    return counts;
  }

  /** The names of all values that can be counted. */
  static List<String> names(Enum<?>[] values) {
    return Arrays.stream(values)
        .filter(value -> !value.name().equals("UNRECOGNIZED") && !value.name().endsWith("UNSPECIFIED"))
        .map(Counters::name)
        .toList();
  }

  static String name(Enum<?> value) {
    String name = value.name();
    String bare = name.startsWith("CLOSE_CODE_") ? name.substring("CLOSE_CODE_".length()) : name;
    bare = bare.startsWith("CODE_") ? bare.substring("CODE_".length()) : bare;
    return bare.toLowerCase(Locale.ROOT);
  }
}
