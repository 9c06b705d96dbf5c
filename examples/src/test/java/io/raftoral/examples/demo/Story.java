package io.raftoral.examples.demo;

import io.raftoral.examples.orders.Order;
import io.raftoral.examples.orders.OrderReceipt;
import io.raftoral.examples.orders.OrderStatus;
import io.raftoral.examples.service.EffectCall;
import io.raftoral.examples.service.MemoryLedger;
import io.raftoral.workflow.NodeStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A run of the demo that went well, made up, to be spoilt by tests: n1 leads in term 2 until it is killed at 500 ms, n2
 * from 600 ms on in term 3; order A is shipped, its charge repeated around the kill, and order B is refused.
 */
final class Story {
  private static final String PREFIX = "demo/";

  final List<Order> orders = new ArrayList<>();
  final Map<String, OrderEnd> ends = new TreeMap<>();
  final List<MemoryLedger.Entry> calls = new ArrayList<>();
  final List<Reign> reigns = new ArrayList<>();
  final List<String> lost = new ArrayList<>();
  final List<String> problems = new ArrayList<>();
  final List<NodeStatus> statuses = new ArrayList<>();
  long failoverMs = 120;
  boolean restarted = true;

  Story() {
    orders.add(new Order("A", "Žofie Nováková", "Teapot", 1, 1, 0, false, 0, null));
    orders.add(new Order("B", "山田 太郎", "Pen", 1, 1, 0, true, 0, null));
    ends.put("A", new OrderEnd.Receipt(new OrderReceipt("A", OrderStatus.SHIPPED, "P", "T", "")));
    ends.put("B", new OrderEnd.Receipt(new OrderReceipt("B", OrderStatus.CANCELLED, null, null, "refused")));
    reigns.add(new Reign("n1", 2, nanos(100), nanos(500), true));
    reigns.add(new Reign("n2", 3, nanos(600), Reign.OPEN, false));
    call("A", "reserve-stock", "A/1", "n1", 2, 200);
    call("A", "charge-payment", "A/3", "n1", 2, 490);
    call("A", "charge-payment", "A/3", "n2", 3, 610);
    call("A", "ship-parcel", "A/5", "n2", 3, 620);
    call("B", "reserve-stock", "B/1", "n1", 2, 210);
    call("B", "charge-payment", "B/3", "n1", 2, 220);
    call("B", "release-stock", "B/4", "n2", 3, 630);
    for (String node : DemoCluster.NAMES) {
      statuses.add(status(node, 10, "abcd"));
    }
  }

  void call(String order, String step, String key, String node, long term, long atMs) {
    boolean effective = calls.stream().noneMatch(entry -> entry.call().idempotencyKey().equals(key));
    calls.add(new MemoryLedger.Entry(new EffectCall(PREFIX + order, step, 1, key, term, node), nanos(atMs), effective));
  }

  Evidence evidence() {
    Witness.Killing killing = new Witness.Killing("n1", 2, nanos(500), 7, Map.of());
    return new Evidence(
        orders,
        PREFIX,
        ends,
        calls,
        reigns,
        killing,
        failoverMs < 0 ? Optional.empty() : Optional.of(nanos(failoverMs)),
        false,
        restarted ? Optional.of(new Evidence.Restart(nanos(700), 4, 9, nanos(50))) : Optional.empty(),
        12,
        lost,
        statuses,
        problems,
        0,
        nanos(1_000));
  }

  static NodeStatus status(String node, long index, String digest) {
    return new NodeStatus(node, "127.0.0.1:1", true, "follower", 3, "n2", false, index, index, index, digest, 0, 2);
  }

  static NodeStatus unreachable(String node) {
    return new NodeStatus(node, "127.0.0.1:1", false, "", 0, null, false, 0, 0, 0, "", 0, 0);
  }

  private static long nanos(long ms) {
    return ms * 1_000_000;
  }
}
