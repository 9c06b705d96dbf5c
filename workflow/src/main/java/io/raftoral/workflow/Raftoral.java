package io.raftoral.workflow;

/** The way in. */
public final class Raftoral {
  private Raftoral() {}

  /**
   * Describes a node of a cluster; {@link NodeBuilder#start()} runs it.
   *
   * @param name the node's name, one of those given to {@link NodeBuilder#peers}; letters, digits, {@code . _ -}
   * @throws ConfigurationException if the name is empty or has other characters
   */
  public static NodeBuilder node(String name) {
    return new NodeBuilder(name);
  }
}
