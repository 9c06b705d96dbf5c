package io.raftoral.workflow.node;

import static org.awaitility.Awaitility.await;

import io.raftoral.workflow.ClientOptions;
import io.raftoral.workflow.ClusterStatus;
import io.raftoral.workflow.NodeBuilder;
import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.NodeStatus;
import io.raftoral.workflow.Raftoral;
import io.raftoral.workflow.RaftoralClient;
import io.raftoral.workflow.RaftoralNode;
import io.raftoral.workflow.WorkflowType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** Real nodes in this process, on loopback, each with a directory of its own. */
final class TestCluster implements AutoCloseable {
  static final Duration ELECTION_TIMEOUT = Duration.ofMillis(300);
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path directory;
  private final List<WorkflowType<?, ?>> types;
  private final SortedMap<String, String> peers = new TreeMap<>();
  private final SortedMap<String, RaftoralNode> running = new ConcurrentSkipListMap<>();

  /** Terms in which nodes are active now. */
  private final Map<String, Long> active = new ConcurrentHashMap<>();

  /** Nodes {@code n1} to {@code n<size>}, none of which runs yet. */
  TestCluster(Path directory, int size, WorkflowType<?, ?>... types) {
    this.directory = directory;
    this.types = List.of(types);
    List<Integer> ports = freePorts(size);
    for (int i = 0; i < size; i++) {
      peers.put("n" + (i + 1), "127.0.0.1:" + ports.get(i));
    }
  }

  /** Ports that nobody listens on at this moment. */
  static List<Integer> freePorts(int count) {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
      for (ServerSocket socket : sockets) {
        socket.close();
      }
      return ports;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  TestCluster startAll() {
    peers.keySet().forEach(this::start);
    return this;
  }

  RaftoralNode start(String name) {
    RaftoralNode node = builder(name).start();
    running.put(name, node);
    return node;
  }

  NodeBuilder builder(String name) {
    NodeBuilder builder =
        Raftoral.node(name)
            .listen(address(name))
            .peers(peers)
            .dataDir(directory(name))
            .electionTimeout(ELECTION_TIMEOUT)
            .listener(new Watch());
    types.forEach(builder::register);
    return builder;
  }

  /** Follows who is active. */
  private final class Watch implements NodeListener {
    @Override
    public void activated(String node, long term) {
      active.put(node, term);
    }

    @Override
    public void deactivated(String node, long term) {
      active.remove(node, term);
    }
  }

  String address(String name) {
    return peers.getOrDefault(name, "");
  }

  Path directory(String name) {
    return directory.resolve(name);
  }

  List<String> addresses() {
    return List.copyOf(peers.values());
  }

  RaftoralNode node(String name) {
    RaftoralNode node = running.get(name);
    if (node == null) {
      throw new IllegalStateException(name + " does not run");
    }
    return node;
  }

  List<RaftoralNode> nodes() {
    return List.copyOf(running.values());
  }

  /** The node that is active, once there is one. */
  RaftoralNode leader() {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> running.values().stream().filter(node -> active.containsKey(node.name())).findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  /** A node that runs and is not active. */
  RaftoralNode follower() {
    RaftoralNode leader = leader();
    return running.values().stream().filter(node -> !node.name().equals(leader.name())).findFirst().orElseThrow();
  }

  void kill(RaftoralNode node) {
    running.remove(node.name());
    node.kill();
    active.remove(node.name());
  }

  void stop(RaftoralNode node) {
    running.remove(node.name());
    node.close();
    active.remove(node.name());
  }

  void killAll() {
    nodes().forEach(this::kill);
  }

  RaftoralClient remote() {
    return RaftoralClient.connect(ClientOptions.of(addresses()).withTimeout(PATIENCE));
  }

  /** Waits until all nodes have the same state, and returns it. */
  ClusterStatus converged() {
    RaftoralNode any = running.values().iterator().next();
    return await()
        .atMost(PATIENCE)
        .until(
            () -> any.client().clusterStatus(),
            status ->
                status.nodes().stream().allMatch(NodeStatus::reachable)
                    && status.nodes().stream().map(NodeStatus::digestIndex).distinct().count() == 1
                    && status.nodes().stream().map(NodeStatus::stateDigest).distinct().count() == 1);
  }

  @Override
  public void close() {
    nodes().forEach(this::kill);
  }
}
