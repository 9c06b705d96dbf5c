package io.raftoral.simulation.check;

import io.raftoral.simulation.disk.LogImage;
import org.jspecify.annotations.Nullable;

/** What checks look at beyond what they are told. Reading it changes nothing. */
public interface ClusterView {
  /** Nodes are numbered from 1 to this. */
  int nodes();

  /** What is durable of a node's log. */
  LogImage media(int node, long group);

  /** A node's log as the node sees it, null if it is down. */
  @Nullable LogImage issued(int node, long group);

  /** What the node's state machine has applied; 0 if the node is down. */
  long applied(int node, long group);

  /** The durable index of the node's state. */
  long durableState(int node, long group);

  /** Whether the node holds a lease at this moment, by its own clock. */
  boolean holdsLease(int node, long group);
}
