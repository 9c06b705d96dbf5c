package io.raftoral.workflow;

import java.nio.file.Path;
import java.util.Map;

/** Describes a node; see {@link Raftoral#node}. Not safe for use by several threads. */
public final class NodeBuilder {

  NodeBuilder(String name) {
    Names.check("node", name);
  }

  /** Where to accept connections: {@code host:port}. Port 0 picks a free one. Required. */
  public NodeBuilder listen(String address) {
    return this;
  }

  /** Where other nodes reach this one, if that differs from where it listens. */
  public NodeBuilder advertise(String address) {
    return this;
  }

  /** All nodes of the cluster, this one included: {@code n1=host:port,n2=host:port}. Required, and the same everywhere. */
  public NodeBuilder peers(String peers) {
    return this;
  }

  /** Likewise, as a map of names to addresses. */
  public NodeBuilder peers(Map<String, String> peers) {
    return this;
  }

  /** Where this node keeps its log and state; created if missing. Required. */
  public NodeBuilder dataDir(Path directory) {
    return this;
  }

  /** The cluster's name, the same on every node; {@code raftoral} unless said otherwise. */
  public NodeBuilder cluster(String name) {
    return this;
  }

  /** Allows unencrypted connections to other machines. Not needed on loopback. */
  public NodeBuilder insecure() {
    return this;
  }

  /** Makes a workflow known. Every node of a cluster registers the same ones. */
  public NodeBuilder register(WorkflowType<?, ?> type) {
    return this;
  }

  /** Told of what happens on this node; for displays and tests. */
  public NodeBuilder listener(NodeListener listener) {
    return this;
  }

  /**
   * Starts the node. Returns when it listens; the cluster has a leader once a majority has started.
   *
   * @throws ConfigurationException if a setting is missing or cannot work, a port is in use, or the directory is locked
   *     or belongs to another node or cluster
   */
  public RaftoralNode start() {
    throw new ConfigurationException("not assembled");
  }
}
