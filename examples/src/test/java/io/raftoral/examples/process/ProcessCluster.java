package io.raftoral.examples.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Three node processes, to be killed and started again. */
final class ProcessCluster implements AutoCloseable {
  static final List<String> NAMES = List.of("n1", "n2", "n3");

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path directory;
  private final String effectsUrl;
  private final Map<String, String> addresses = new TreeMap<>();
  private final Map<String, NodeProcess> processes = new TreeMap<>();
  private final CommandLineClient client;

  ProcessCluster(Path directory, String effectsUrl) throws IOException {
    this.directory = directory;
    this.effectsUrl = effectsUrl;
    List<ServerSocket> sockets = new ArrayList<>();
    for (String name : NAMES) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      sockets.add(socket);
      addresses.put(name, "127.0.0.1:" + socket.getLocalPort());
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    this.client = new CommandLineClient(peers());
  }

  String peers() {
    return addresses.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + entry.getValue())
        .collect(Collectors.joining(","));
  }

  Path directory() {
    return directory;
  }

  String address(String name) {
    return addresses.getOrDefault(name, "");
  }

  CommandLineClient client() {
    return client;
  }

  void start(List<String> names) throws IOException {
    for (String name : names) {
      processes.put(
          name,
          NodeProcess.start(name, directory, address(name), peers(), "--effects-url", effectsUrl));
    }
    names.forEach(name -> process(name).awaitReady());
  }

  NodeProcess process(String name) {
    return Objects.requireNonNull(processes.get(name), name);
  }

  void kill(List<String> names) throws InterruptedException {
    for (String name : names) {
      process(name).kill();
    }
  }

  JsonNode status() {
    CommandLineClient.Result status = client.run("cluster", "status", "--json");
    assertThat(status.exitCode()).as(status.err()).isZero();
    return status.json();
  }

  /** Waits until a node says that it leads, and is active; returns its name. */
  String awaitLeader() {
    Awaitility.await("a leader")
        .atMost(PATIENCE)
        .until(
            () -> {
              CommandLineClient.Result status = client.run("cluster", "status", "--json");
              return status.exitCode() == 0 && active(status.json()) != null;
            });
    String leader = active(status());
    return leader == null ? awaitLeader() : leader;
  }

  /** Waits until all nodes have the same state; returns the last status. */
  JsonNode awaitEqualDigests() {
    Awaitility.await("equal digests").atMost(PATIENCE).until(() -> equalDigests(status()));
    return status();
  }

  private static boolean equalDigests(JsonNode status) {
    return status.path("nodes").valueStream().allMatch(node -> node.path("reachable").booleanValue())
        && status.path("nodes").valueStream().map(node -> node.path("digestIndex").longValue()).distinct().count() == 1
        && status.path("nodes").valueStream().map(node -> node.path("stateDigest").stringValue()).distinct().count()
            == 1;
  }

  private static @Nullable String active(JsonNode status) {
    return status
        .path("nodes")
        .valueStream()
        .filter(node -> node.path("active").booleanValue(false))
        .map(node -> node.path("node").stringValue())
        .findFirst()
        .orElse(null);
  }

  @Override
  public void close() {
    processes.values().forEach(NodeProcess::close);
  }
}
