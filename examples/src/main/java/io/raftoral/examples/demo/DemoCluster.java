package io.raftoral.examples.demo;

import io.raftoral.examples.samples.SampleWorkflows;
import io.raftoral.examples.service.Ledger;
import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.NodeBuilder;
import io.raftoral.workflow.Raftoral;
import io.raftoral.workflow.RaftoralNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Three nodes in this process, each with a data directory and a TCP listener on loopback of its own: what three machines
 * would run. Not safe for use by several threads.
 */
final class DemoCluster implements AutoCloseable {
  static final List<String> NAMES = List.of("n1", "n2", "n3");

  private static final String CLUSTER = "demo";
  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration SERVICE_LATENCY = Duration.ofMillis(3);

  private final Path directory;
  private final Ledger ledger;
  private final Witness witness;
  private final Map<String, String> addresses;
  private final Map<String, RaftoralNode> nodes = new TreeMap<>();
  private final Map<String, Witness.Seat> seats = new TreeMap<>();

  /**
   * A cluster that is not started.
   *
   * @param basePort the port of the first node, the others follow; 0 for any free ones
   */
  DemoCluster(Path directory, int basePort, Ledger ledger, Witness witness) {
    this.directory = directory;
    this.ledger = ledger;
    this.witness = witness;
    this.addresses = addresses(basePort == 0 ? freePorts() : consecutivePorts(basePort));
  }

  /**
   * Starts a node, or starts it again from its directory.
   *
   * @throws ConfigurationException if its port is in use, or its directory is locked or belongs to another cluster
   */
  RaftoralNode start(String name) {
    Witness.Seat seat = witness.seat();
    NodeBuilder builder =
        Raftoral.node(name)
            .cluster(CLUSTER)
            .listen(address(name))
            .peers(addresses)
            .dataDir(directory.resolve(name))
            .listener(seat);
    SampleWorkflows.all(ledger, SERVICE_LATENCY).forEach(builder::register);
    RaftoralNode node = builder.start();
    nodes.put(name, node);
    seats.put(name, seat);
    return node;
  }

  /**
   * Ends a node without warning.
   *
   * @param announce told in the moment in which it happens: what follows may be reported sooner than this returns
   */
  Witness.Killing kill(String name, Consumer<Witness.Killing> announce) {
    RaftoralNode node = running(name);
    Witness.Killing killing = witness.killed(name);
    announce.accept(killing);
    node.kill();
    seat(name).leave();
    nodes.remove(name);
    return killing;
  }

  RaftoralNode running(String name) {
    RaftoralNode node = nodes.get(name);
    if (node == null) {
      throw new IllegalStateException(name + " is not running");
    }
    return node;
  }

  /** Any node that runs. */
  RaftoralNode anyRunning() {
    return nodes.values().iterator().next();
  }

  String address(String name) {
    String address = addresses.get(name);
    if (address == null) {
      throw new IllegalArgumentException("no node is called " + name);
    }
    return address;
  }

  List<String> addresses() {
    return List.copyOf(addresses.values());
  }

  /** Stops what runs. What the nodes say while they stop is no part of the story. */
  @Override
  public void close() {
    seats.values().forEach(Witness.Seat::leave);
    nodes.values().forEach(RaftoralNode::close);
    nodes.clear();
  }

  private Witness.Seat seat(String name) {
    Witness.Seat seat = seats.get(name);
    if (seat == null) {
      throw new IllegalStateException(name + " was never started");
    }
    return seat;
  }

  private static Map<String, String> addresses(List<Integer> ports) {
    Map<String, String> addresses = new TreeMap<>();
    for (int i = 0; i < NAMES.size(); i++) {
      addresses.put(NAMES.get(i), LOOPBACK + ":" + ports.get(i));
    }
    return addresses;
  }

  private static List<Integer> consecutivePorts(int first) {
    return List.of(first, first + 1, first + 2);
  }

  /** All three are held until all are known, so that they differ. */
  private static List<Integer> freePorts() {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < NAMES.size(); i++) {
        sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
      }
      return sockets.stream().map(ServerSocket::getLocalPort).toList();
    } catch (IOException e) {
      throw new UncheckedIOException("no free port on " + LOOPBACK, e);
    } finally {
      for (ServerSocket socket : sockets) {
        closeQuietly(socket);
      }
    }
  }

  private static void closeQuietly(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot release port " + socket.getLocalPort(), e);
    }
  }
}
