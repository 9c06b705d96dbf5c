package io.raftoral.workflow;

/** A running node. Safe for use by several threads. */
public interface RaftoralNode extends AutoCloseable {

  /** The node's name. */
  String name();

  /** Where it listens: {@code host:port}, with the real port. */
  String address();

  /** A client that asks this node. Closed together with it. */
  RaftoralClient client();

  /** This node as it sees itself; blocks while the state's digest is computed. */
  NodeStatus status();

  /** Stops cleanly: hands leadership over if it can, writes down what it has, frees port and directory. */
  @Override
  void close();

  /**
   * Stops as if the process had been killed: nothing more is sent or written, connections are reset, threads are
   * abandoned. For demonstrations and tests; the directory can be opened again at once.
   */
  void kill();
}
