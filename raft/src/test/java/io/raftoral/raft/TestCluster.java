package io.raftoral.raft;

import io.raftoral.raft.log.MemoryLogStorage;
import io.raftoral.raft.membership.ConfState;
import io.raftoral.raft.message.Entry;
import io.raftoral.raft.message.Message;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * A network of cores in memory, without a driver: messages are delivered in the order they were sent, unless a filter
 * drops them; every node writes and applies at once, unless it is told to wait.
 */
final class TestCluster {
  final SortedMap<Long, TestNode> nodes = new TreeMap<>();
  final Deque<Message> wire = new ArrayDeque<>();
  private final List<Predicate<Message>> drops = new ArrayList<>();

  /** Voters 1 to {@code size}, with a configuration as given. */
  static TestCluster of(int size, UnaryOperator<RaftConfig> configure) {
    List<Long> ids = new ArrayList<>();
    for (long id = 1; id <= size; id++) {
      ids.add(id);
    }
    TestCluster cluster = new TestCluster();
    for (long id : ids) {
      cluster.add(id, ConfState.ofVoters(ids), configure);
    }
    return cluster;
  }

  static TestCluster of(int size) {
    return of(size, config -> config.withPreVote(false).withCheckQuorum(false));
  }

  TestNode add(long id, ConfState confState, UnaryOperator<RaftConfig> configure) {
    TestNode node = new TestNode(id, new MemoryLogStorage(confState), configure);
    nodes.put(id, node);
    return node;
  }

  TestNode node(long id) {
    TestNode node = nodes.get(id);
    if (node == null) {
      throw new IllegalArgumentException("no node " + id);
    }
    return node;
  }

  RawNode raw(long id) {
    return node(id).raw();
  }

  /** The node that leads in the highest term; 0 if none leads. */
  long leader() {
    long leader = 0;
    long term = 0;
    for (TestNode node : nodes.values()) {
      Status status = node.raw().status();
      if (status.role() == RoleName.LEADER && status.term() > term) {
        leader = node.id();
        term = status.term();
      }
    }
    return leader;
  }

  /** Handles Readys and delivers messages until nothing moves any more. */
  void settle() {
    for (int i = 0; i < 100_000; i++) {
      collect();
      Message message = wire.pollFirst();
      if (message == null) {
        return;
      }
      deliver(message);
    }
    throw new AssertionError("the network does not come to rest");
  }

  /** Handles all Readys; what is sent waits on the wire. */
  void collect() {
    for (TestNode node : nodes.values()) {
      wire.addAll(node.handleReadys());
    }
  }

  void deliver(Message message) {
    TestNode target = nodes.get(message.to());
    if (target != null && !target.isDown() && drops.stream().noneMatch(drop -> drop.test(message))) {
      target.raw().step(message);
    }
  }

  void drop(Predicate<Message> which) {
    drops.add(which);
  }

  void cut(long one, long other) {
    drop(m -> (m.from() == one && m.to() == other) || (m.from() == other && m.to() == one));
  }

  void isolate(long node) {
    drop(m -> m.from() == node || m.to() == node);
  }

  void recover() {
    drops.clear();
  }

  /** Makes {@code id} campaign, and settles. */
  void elect(long id) {
    raw(id).campaign();
    settle();
  }

  ProposalResult propose(long id, String data) {
    ProposalResult result = raw(id).propose(List.of(data.getBytes(StandardCharsets.UTF_8)));
    settle();
    return result;
  }

  /** One tick for everybody, after which everything settles. */
  void tick(int times) {
    for (int i = 0; i < times; i++) {
      nodes.values().stream().filter(node -> !node.isDown()).forEach(node -> node.raw().tick());
      settle();
    }
  }

  void tickOnly(long id, int times) {
    for (int i = 0; i < times; i++) {
      raw(id).tick();
      settle();
    }
  }

  <T> List<T> each(LongFunction<T> question) {
    return nodes.keySet().stream().map(question::apply).toList();
  }

  static String text(Entry entry) {
    return switch (entry) {
      case Entry.Normal normal -> new String(normal.data(), StandardCharsets.UTF_8);
      case Entry.Membership membership -> membership.change().toString();
    };
  }
}
