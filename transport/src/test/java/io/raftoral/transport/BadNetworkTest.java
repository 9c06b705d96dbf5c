package io.raftoral.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.raftoral.raft.message.Message;
import io.raftoral.transport.testing.FaultProxy;
import io.raftoral.transport.testing.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two nodes whose link from 1 to 2 leads through a proxy. */
@ExtendWith(LeakWatch.class)
class BadNetworkTest {
  private List<TestNode> nodes = List.of();
  private FaultProxy proxy = FaultProxy.inFrontOf(1, 1);

  @BeforeEach
  void start() {
    proxy.close();
    TransportLimits.Link narrow =
        new TransportLimits.Link(16 << 10, 8 << 20, 1 << 20, 8 << 20, 8 << 20, 16 << 10, 32 << 10, 32 << 10);
    UnaryOperator<TransportConfig> change = config -> config.withLimits(config.limits().withLink(narrow));
    nodes = List.of(TestNode.start(1, change), TestNode.start(2, change));
    proxy = FaultProxy.inFrontOf(nodes.get(1).port(), 42);
    one().transport
        .updatePeers(
            new TreeMap<>(
                java.util.Map.of(
                    1L, one().address(), 2L, new PeerAddress("n2", "127.0.0.1", proxy.port()))));
    two().transport.updatePeers(TestNode.peers(nodes));
    nodes.forEach(node -> node.awaitLinks(1));
  }

  @AfterEach
  void close() {
    nodes.forEach(TestNode::close);
    proxy.close();
  }

  private TestNode one() {
    return nodes.get(0);
  }

  private TestNode two() {
    return nodes.get(1);
  }

  private static Message heartbeat(long round) {
    return new Message.Heartbeat(1, 2, 3, 2, round);
  }

  @Test
  void aHeartbeatOvertakesAFloodOfAppends() {
    proxy.forward(Faults.rate(4 << 20));
    List<Message> flood = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      flood.add(NettyTransportTest.append(1, 2, 20_000, i));
    }
    one().transport.send(1, flood);
    await().until(() -> !two().received.isEmpty());
    one().send(heartbeat(1));

    await().until(() -> two().received.size() == 301);
    List<Message> order = two().received.stream().map(TestNode.Received::message).toList();
    assertThat(order.indexOf(heartbeat(1))).isLessThan(250);
    List<Message> appends = order.stream().filter(m -> m instanceof Message.AppendRequest).toList();
    assertThat(appends).isEqualTo(flood);
  }

  @Test
  void appendsAndHeartbeatsPassWhileASnapshotIsUnderWay() {
    proxy.forward(Faults.rate(4 << 20));
    Message snapshot =
        new Message.InstallSnapshot(
            1,
            2,
            3,
            new io.raftoral.raft.message.Snapshot(
                new io.raftoral.raft.message.SnapshotMetadata(
                    9, 2, io.raftoral.raft.membership.ConfState.ofVoters(List.of(1L, 2L))),
                new byte[4 << 20]));
    one().send(snapshot);
    await().until(() -> one().transport.stats().framesSent() > 5);
    one().send(NettyTransportTest.append(1, 2, 50_000, 1), heartbeat(1));

    await().until(() -> two().received.size() == 3);
    assertThat(two().received.stream().map(received -> received.message().getClass().getSimpleName()))
        .containsExactly("Heartbeat", "AppendRequest", "InstallSnapshot");
  }

  @Test
  void aHalfOpenConnectionIsFoundAndReplaced() {
    proxy.both(Faults.SWALLOW);
    await().until(() -> one().unreachable.contains(2L));
    proxy.heal();
    one().awaitLinks(1);
    one().send(heartbeat(4));
    await().until(() -> two().received.contains(new TestNode.Received(1, heartbeat(4))));
  }

  @Test
  void aConnectionCutInOneDirectionIsFoundToo() {
    proxy.backward(Faults.SWALLOW);
    await().until(() -> one().unreachable.contains(2L));
    proxy.heal();
    one().awaitLinks(1);
  }

  @Test
  void aResetConnectionIsMadeAnewAndItsSnapshotReportedLost() {
    proxy.forward(Faults.rate(200_000));
    one()
        .send(
            new Message.InstallSnapshot(
                1,
                2,
                3,
                new io.raftoral.raft.message.Snapshot(
                    new io.raftoral.raft.message.SnapshotMetadata(
                        9, 2, io.raftoral.raft.membership.ConfState.ofVoters(List.of(1L, 2L))),
                    new byte[4 << 20])));
    await().until(() -> one().transport.stats().framesSent() > 5);
    proxy.reset();

    await().until(() -> one().lostSnapshots.contains(1L));
    proxy.heal();
    one().awaitLinks(1);
    one().send(heartbeat(5));
    await().until(() -> two().received.contains(new TestNode.Received(1, heartbeat(5))));
  }

  @Test
  void aPartitionHealsWithoutHelp() {
    proxy.cut();
    await().until(() -> one().transport.stats().outboundLinks() == 0);
    one().send(heartbeat(1));
    assertThat(one().transport.stats().messagesDropped()).containsKey("not_connected");
    proxy.heal();
    one().awaitLinks(1);
  }

  @Test
  void aDelayedLinkStaysUp() {
    proxy.both(Faults.delay(50, 50));
    for (int i = 0; i < 20; i++) {
      one().send(heartbeat(i));
    }
    await().until(() -> two().received.size() == 20);
    assertThat(one().unreachable).isEmpty();
  }
}
