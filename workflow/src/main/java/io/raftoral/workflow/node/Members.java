package io.raftoral.workflow.node;

import io.raftoral.transport.RequestChannel;
import io.raftoral.workflow.client.HostPort;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** The cluster's nodes as one of them knows them: names, addresses, and how to ask each. */
final class Members {
  private final String cluster;
  private final long self;
  private final SortedMap<Long, Member> byId = new ConcurrentSkipListMap<>();
  private final LongFunction<RequestChannel> channels;

  /**
   * One node.
   *
   * @param address where clients and other nodes reach it
   */
  record Member(long id, String name, HostPort address) {}

  /**
   * The members of a cluster.
   *
   * @param self this node
   * @param channels makes or finds the channel to another node
   */
  Members(
      String cluster,
      Member self,
      Map<String, Long> ids,
      Map<String, HostPort> addresses,
      LongFunction<RequestChannel> channels) {
    this.cluster = cluster;
    this.self = self.id();
    this.channels = channels;
    addresses.forEach(
        (name, address) -> {
          long id = ids.getOrDefault(name, 0L);
          byId.put(id, new Member(id, name, address));
        });
    byId.put(self.id(), self);
  }

  String cluster() {
    return cluster;
  }

  Member self() {
    return member(self);
  }

  boolean isSelf(Member member) {
    return member.id() == self;
  }

  /** This node's real port is known: it takes the place of a port 0 in its address. */
  void listensOn(int port) {
    Member known = self();
    if (known.address().port() == 0) {
      byId.put(self, new Member(self, known.name(), new HostPort(known.address().host(), port)));
    }
  }

  /** All of them, by id, which is by name. */
  Iterable<Member> all() {
    return Collections.unmodifiableCollection(byId.values());
  }

  /** Name of a node, null if nobody has this id. */
  @Nullable String nameOf(long id) {
    Member member = byId.get(id);
    return member == null ? null : member.name();
  }

  /** Address of a node, empty if nobody has this id. */
  String addressOf(long id) {
    Member member = byId.get(id);
    return member == null ? "" : member.address().toString();
  }

  /** How to ask another node. */
  RequestChannel channel(long id) {
    return channels.apply(id);
  }

  private Member member(long id) {
    Member member = byId.get(id);
    if (member == null) {
      throw new IllegalStateException("no member has id " + id);
    }
    return member;
  }
}
