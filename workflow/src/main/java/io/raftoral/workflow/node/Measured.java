package io.raftoral.workflow.node;

/** A node that can be measured; the metrics ask for it. */
public interface Measured {

  /** What the node has counted up to now. The same as last time if the node does not run any more. */
  Measurements measurements();
}
