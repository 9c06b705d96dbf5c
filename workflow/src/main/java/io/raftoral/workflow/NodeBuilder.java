package io.raftoral.workflow;

import io.raftoral.workflow.annotated.Registration;
import io.raftoral.workflow.client.HostPort;
import io.raftoral.workflow.lint.LintPolicy;
import io.raftoral.workflow.node.NodeSettings;
import io.raftoral.workflow.node.RunningNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Describes a node; see {@link Raftoral#node}. Not safe for use by several threads.
 *
 * <p>A setting that is malformed by itself is refused where it is given; whether the settings fit together, and with
 * the machine, is checked by {@link #start()}.
 */
public final class NodeBuilder {
  private final String name;
  private final List<WorkflowType<?, ?>> types = new ArrayList<>();
  private String cluster = "raftoral";
  private @Nullable HostPort listen;
  private @Nullable HostPort advertise;
  private @Nullable SortedMap<String, HostPort> peers;
  private @Nullable Path dataDir;
  private @Nullable Tls tls;
  private boolean insecure;
  private boolean weaving = true;
  private LintPolicy lint = LintPolicy.DEFAULT;
  private Duration electionTimeout = Duration.ofSeconds(1);
  private Duration clientTimeout = ClientOptions.DEFAULT_TIMEOUT;
  private int maxPayloadBytes = 1 << 20;
  private int maxConcurrentRequests = 4096;
  private @Nullable Duration retention;
  private NodeListener listener = NodeListener.NONE;

  NodeBuilder(String name) {
    this.name = Names.check("node", name);
  }

  /**
   * Where to accept connections: {@code host:port}, IPv6 addresses in brackets. {@code 0.0.0.0} or {@code [::]} is
   * every interface. Port 0 picks a free port, which only a node that is alone in its cluster may do. Required.
   *
   * @throws ConfigurationException if the address is malformed
   */
  public NodeBuilder listen(String address) {
    listen = HostPort.parse("listen", address);
    return this;
  }

  /**
   * Where others reach this node: what it tells clients, and shows as its address. Its entry in {@link #peers(String)}
   * unless said otherwise, and not needed beside that: all nodes must mean the same place.
   *
   * @throws ConfigurationException if the address is malformed
   */
  public NodeBuilder advertise(String address) {
    advertise = HostPort.parse("advertise", address);
    return this;
  }

  /**
   * All nodes of the cluster, this one included, with the address at which this node reaches each: {@code
   * n1=host:port,n2=host:port}. Required; every node is given the same names.
   *
   * @throws ConfigurationException if the list is malformed, or names a node twice
   */
  public NodeBuilder peers(String peers) {
    SortedMap<String, HostPort> parsed = new TreeMap<>();
    for (String peer : peers.split(",", -1)) {
      int equals = peer.indexOf('=');
      if (equals < 0) {
        throw new ConfigurationException(
            "peers: \"" + peer + "\" is not name=host:port. Write n1=host:port,n2=host:port,… with all nodes");
      }
      addPeer(parsed, peer.substring(0, equals).strip(), peer.substring(equals + 1));
    }
    this.peers = parsed;
    return this;
  }

  /** Likewise, as a map of names to addresses. */
  public NodeBuilder peers(Map<String, String> peers) {
    SortedMap<String, HostPort> parsed = new TreeMap<>();
    peers.forEach((peer, address) -> addPeer(parsed, peer, address));
    this.peers = parsed;
    return this;
  }

  /** Where this node keeps its log and state; created if missing. Required. */
  public NodeBuilder dataDir(Path directory) {
    dataDir = directory;
    return this;
  }

  /** The cluster's name, the same on every node; {@code raftoral} unless said otherwise. */
  public NodeBuilder cluster(String name) {
    cluster = Names.check("cluster", name);
    return this;
  }

  /**
   * Encrypts and authenticates all connections, with this node's certificate in a directory: {@code ca.pem}, {@code
   * NAME.pem} and {@code NAME.key}, NAME being the node's name. The files are looked at once a second, and what has
   * changed is used for new connections.
   */
  public NodeBuilder tls(Path directory) {
    return tls(Tls.in(directory, name));
  }

  /** Likewise, with the files anywhere. */
  public NodeBuilder tls(Tls files) {
    tls = files;
    return this;
  }

  /** Allows unencrypted connections to other machines. Not needed on loopback, nor with {@link #tls(Path)}. */
  public NodeBuilder insecure() {
    return insecure(true);
  }

  /** Allows unencrypted connections to other machines, or forbids them again. */
  public NodeBuilder insecure(boolean allowed) {
    insecure = allowed;
    return this;
  }

  /**
   * How long a follower hears nothing of a leader before it stands for election; each time it waits between once and
   * twice as long, at random. The leader makes itself heard ten times as often. A dead leader is replaced in about one
   * and a half times this long. The same on every node; 100 ms to 60 s, one second unless said otherwise.
   */
  public NodeBuilder electionTimeout(Duration timeout) {
    electionTimeout = timeout;
    return this;
  }

  /** How long a request of {@link RaftoralNode#client()} may take unless the call says otherwise; 30 s. */
  public NodeBuilder clientTimeout(Duration timeout) {
    clientTimeout = timeout;
    return this;
  }

  /** The largest input, value or result, as JSON, in bytes; 1 KiB to 2 MiB, 1 MiB unless said otherwise. */
  public NodeBuilder maxPayloadBytes(int bytes) {
    maxPayloadBytes = bytes;
    return this;
  }

  /**
   * How many requests this node serves at once, and how many it keeps waiting for a result: 16 times as many. Whoever
   * comes then is refused with {@link RefusedException.Code#OVERLOADED}. 1 to 1 000 000; 4096 unless said otherwise.
   */
  public NodeBuilder maxConcurrentRequests(int requests) {
    maxConcurrentRequests = requests;
    return this;
  }

  /**
   * How long runs that are over are kept: at least one second, for ever unless said otherwise. The node that is active
   * removes them, so every node is given the same. Their ids are free afterwards: a start that is repeated later than
   * that is another run.
   */
  public NodeBuilder retention(Duration time) {
    if (time.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new ConfigurationException("retention must be at least one second, but is " + time);
    }
    retention = time;
    return this;
  }

  /** Makes a workflow known. Every node of a cluster registers the same ones. */
  public NodeBuilder register(WorkflowType<?, ?> type) {
    types.add(type);
    return this;
  }

  /**
   * Makes a class with {@link io.raftoral.workflow.annotation.DistributedWorkflow} known, and weaves it if that was not
   * done at build time.
   *
   * @param dependencies what its constructor takes: services that its side effects call. The object of every run is
   *     given the same
   * @throws ConfigurationException if it cannot be a workflow, listing everything that has to be changed
   */
  public NodeBuilder register(Class<?> workflow, Object... dependencies) {
    return register(Registration.of(workflow, weaving, lint, dependencies));
  }

  /**
   * What {@link #register(Class, Object...)} does about code that is not deterministic: refuses some of it and logs the
   * rest, unless said otherwise. To be called before it.
   */
  public NodeBuilder lint(LintPolicy policy) {
    lint = policy;
    return this;
  }

  /**
   * Whether {@link #register(Class, Object...)} weaves classes that were not woven at build time; it does unless said
   * otherwise. To be called before it. False is for those who weave at build time and want to be told when that was
   * forgotten.
   */
  public NodeBuilder weaveAtRegistration(boolean weave) {
    weaving = weave;
    return this;
  }

  /** Told of what happens on this node; for displays and tests. */
  public NodeBuilder listener(NodeListener listener) {
    this.listener = listener;
    return this;
  }

  /**
   * Starts the node. Returns when it listens; the cluster has a leader once a majority has started.
   *
   * @throws ConfigurationException if a setting is missing or cannot work, a port is in use, or the directory is locked
   *     or belongs to another node or cluster. Nothing is left open then
   */
  public RaftoralNode start() {
    SortedMap<String, HostPort> members =
        required(peers, "peers", "all nodes of the cluster, such as n1=127.0.0.1:7101,n2=…");
    HostPort address = required(listen, "listen", "where to accept connections, such as 127.0.0.1:7101");
    HostPort own = members.get(name);
    if (advertise != null && own != null && !advertise.equals(own)) {
      throw new ConfigurationException(
          "advertise: " + advertise + " is not the address that peers gives for " + name + ", " + own
              + ": all nodes must find it in the same place; leave advertise out, or make them equal");
    }
    HostPort reachedAt = advertise != null ? advertise : own != null ? own : address;
    return RunningNode.start(
        new NodeSettings(
            cluster,
            name,
            address,
            reachedAt,
            members,
            required(dataDir, "dataDir", "a directory for the node's log and state"),
            tls,
            insecure,
            electionTimeout,
            clientTimeout,
            maxPayloadBytes,
            maxConcurrentRequests,
            retention,
            types,
            listener));
  }

  private static void addPeer(SortedMap<String, HostPort> peers, String peer, String address) {
    Names.check("peer", peer);
    if (peers.put(peer, HostPort.parse("peers: " + peer, address)) != null) {
      throw new ConfigurationException("peers: " + peer + " is named twice");
    }
  }

  private <T> T required(@Nullable T value, String setting, String meaning) {
    if (value == null) {
      throw new ConfigurationException("node " + name + ": " + setting + " is not set: it is " + meaning);
    }
    return value;
  }
}
