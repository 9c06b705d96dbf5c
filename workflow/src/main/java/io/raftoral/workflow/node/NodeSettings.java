package io.raftoral.workflow.node;

import io.raftoral.workflow.ConfigurationException;
import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.Tls;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.client.HostPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything that describes a node, checked: whoever holds one of these knows that its parts fit together. What the
 * outside world may still refuse is the port and the directory.
 *
 * @param listen where to accept connections; port 0 only if the node is alone
 * @param advertise where others reach it
 * @param peers all nodes of the cluster, by name
 * @param tls certificates, null for plaintext
 * @param insecure whether plaintext may leave this machine
 * @param electionTimeout see {@code NodeBuilder.electionTimeout}
 * @param clientTimeout of the node's own client
 * @param maxPayloadBytes of one input, value or result
 * @param maxConcurrentRequests that are under way at once; waits for results are bounded by {@link #WAITS_PER_REQUEST}
 *     times as many
 * @param retention how long runs that are over are kept, null for ever
 */
public record NodeSettings(
    String cluster,
    String name,
    HostPort listen,
    HostPort advertise,
    SortedMap<String, HostPort> peers,
    Path dataDir,
    @Nullable Tls tls,
    boolean insecure,
    Duration electionTimeout,
    Duration clientTimeout,
    int maxPayloadBytes,
    int maxConcurrentRequests,
    @Nullable Duration retention,
    List<WorkflowType<?, ?>> types,
    NodeListener listener) {

  /** More voters than this make every commit slower and nothing safer. */
  public static final int MAX_PEERS = 15;

  /** Shorter ones would take an ordinary fsync or collection of garbage for the death of a leader. */
  public static final Duration MIN_ELECTION_TIMEOUT = Duration.ofMillis(100);

  /** Longer ones would leave the cluster without a leader for minutes. */
  public static final Duration MAX_ELECTION_TIMEOUT = Duration.ofSeconds(60);

  /** The largest payload that fits the bounds of transport and log. */
  public static final int MAX_PAYLOAD_BYTES = 2 << 20;

  /** How many waits for a result are allowed for each request: they cost memory and nothing else. */
  static final int WAITS_PER_REQUEST = 16;

  /** The workflow group's id: there is one. */
  static final long GROUP = 1;

  /** Ticks in an election time-out: fine enough that random time-outs of several nodes seldom coincide. */
  private static final int ELECTION_TICKS = 50;

  /** Ticks between heartbeats: a tenth of the election time-out, so that a few may be lost. */
  private static final int HEARTBEAT_TICKS = 5;

  /** Copies and checks. */
  public NodeSettings {
    peers = Collections.unmodifiableSortedMap(new TreeMap<>(peers));
    types = List.copyOf(types);
    checkPeers(name, peers);
    checkPorts(name, listen, advertise, peers);
    checkPrivacy(tls, insecure, listen, advertise, peers);
    checkTypes(types);
    checkRange("electionTimeout", electionTimeout, MIN_ELECTION_TIMEOUT, MAX_ELECTION_TIMEOUT);
    checkRange("clientTimeout", clientTimeout, Duration.ofMillis(1), Duration.ofDays(365));
    checkRange("maxPayloadBytes", maxPayloadBytes, 1024, MAX_PAYLOAD_BYTES);
    checkRange("maxConcurrentRequests", maxConcurrentRequests, 1, 1_000_000);
  }

  /** Ids of the nodes: 1, 2, … in the order of their names, so that all nodes agree without being told. */
  SortedMap<String, Long> ids() {
    SortedMap<String, Long> ids = new TreeMap<>();
    for (String peer : peers.keySet()) {
      ids.put(peer, ids.size() + 1L);
    }
    return ids;
  }

  /** This node's id. */
  long id() {
    return peers.headMap(name).size() + 1L;
  }

  Duration tick() {
    return electionTimeout.dividedBy(ELECTION_TICKS);
  }

  int electionTicks() {
    return ELECTION_TICKS;
  }

  int heartbeatTicks() {
    return HEARTBEAT_TICKS;
  }

  private static void checkPeers(String name, SortedMap<String, HostPort> peers) {
    if (peers.size() > MAX_PEERS) {
      throw new ConfigurationException("peers: at most " + MAX_PEERS + " nodes, but there are " + peers.size());
    }
    if (!peers.containsKey(name)) {
      throw new ConfigurationException(
          "peers: this node is called \"" + name + "\", but the peers are " + peers.keySet()
              + ": name all nodes of the cluster, this one included");
    }
    Map<HostPort, String> seen = new HashMap<>();
    for (Map.Entry<String, HostPort> peer : peers.entrySet()) {
      String other = seen.putIfAbsent(peer.getValue(), peer.getKey());
      if (other != null) {
        throw new ConfigurationException(
            "peers: " + other + " and " + peer.getKey() + " have the same address, " + peer.getValue());
      }
    }
  }

  private static void checkPorts(
      String name, HostPort listen, HostPort advertise, SortedMap<String, HostPort> peers) {
    if (peers.size() == 1) {
      return;
    }
    for (Map.Entry<String, HostPort> peer : peers.entrySet()) {
      if (peer.getValue().port() == 0) {
        throw new ConfigurationException(
            "peers: " + peer.getKey() + "=" + peer.getValue() + ": port 0 cannot be connected to;"
                + " it is allowed for a node that is alone");
      }
    }
    if (advertise.port() == 0 || listen.port() == 0) {
      throw new ConfigurationException(
          (listen.port() == 0 ? "listen: " + listen : "advertise: " + advertise)
              + ": the other nodes could not find " + name + " on port 0; choose a port");
    }
  }

  private static void checkPrivacy(
      @Nullable Tls tls,
      boolean insecure,
      HostPort listen,
      HostPort advertise,
      SortedMap<String, HostPort> peers) {
    if (tls != null && insecure) {
      throw new ConfigurationException(
          "both certificates (--tls) and insecure are given: a node speaks TLS on all its connections or on none");
    }
    if (tls != null || insecure) {
      return;
    }
    Set<HostPort> addresses = new LinkedHashSet<>(List.of(listen, advertise));
    addresses.addAll(peers.values());
    for (HostPort address : addresses) {
      if (!address.isLoopback()) {
        throw new ConfigurationException(
            address + " can be reached from other machines, and connections are not encrypted: give certificates"
                + " with tls(...) (--tls), allow it with insecure() (--insecure), or use addresses on loopback");
      }
    }
  }

  private static void checkTypes(List<WorkflowType<?, ?>> types) {
    Map<String, Long> counts =
        types.stream()
            .collect(
                Collectors.groupingBy(
                    type -> type.name() + " version " + type.version(), TreeMap::new, Collectors.counting()));
    counts.forEach(
        (type, count) -> {
          if (count > 1) {
            throw new ConfigurationException("workflow type " + type + " is registered " + count + " times");
          }
        });
  }

  private static void checkRange(String what, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new ConfigurationException(
          what + " must be " + least.toMillis() + " ms to " + most.toMillis() + " ms, but is " + value.toMillis()
              + " ms");
    }
  }

  private static void checkRange(String what, int value, int least, int most) {
    if (value < least || value > most) {
      throw new ConfigurationException(what + " must be " + least + " to " + most + ", but is " + value);
    }
  }
}
