package io.raftoral.transport;

import io.netty.channel.group.ChannelGroup;
import io.raftoral.raft.driver.Transport;
import java.util.SortedMap;

/** What the connections of one node share. */
final class NodeContext {
  final TransportConfig config;
  final Counters counters;
  final LogLimiter refusals = new LogLimiter();

  /** Frames of peers: enough for one that is not complete on each connection. */
  final MemoryBudget frameMemory;

  /** Bodies of requests, while they arrive and while they are served. */
  final MemoryBudget requestMemory;

  final ChannelGroup channels;
  final Transport.Receiver receiver;
  final RequestHandler requests;

  /** Replaced as a whole when the membership changes. */
  volatile SortedMap<Long, PeerAddress> peers;

  /** From now on nothing is sent and nothing is handed to the receiver. */
  volatile boolean stopped;

  NodeContext(
      TransportConfig config,
      Counters counters,
      ChannelGroup channels,
      Transport.Receiver receiver,
      RequestHandler requests) {
    this.config = config;
    this.counters = counters;
    this.channels = channels;
    this.receiver = receiver;
    this.requests = requests;
    this.peers = config.peers();
    this.frameMemory = new MemoryBudget(Long.MAX_VALUE / 2);
    this.requestMemory = new MemoryBudget(config.limits().requests().memoryBytes());
  }

  TransportLimits.Link linkLimits() {
    return config.limits().link();
  }

  TransportLimits.Admission admission() {
    return config.limits().admission();
  }
}
