package io.raftoral.simulation.workflow;

import io.raftoral.simulation.check.Invariant;
import io.raftoral.workflow.engine.WorkflowEngine;
import java.util.function.Consumer;

/** What workflows, their clients and their checks need of the cluster around them. */
public interface WorkflowCluster {
  /** Nodes are numbered from 1 to this. */
  int nodes();

  /** Runs {@code action} on a node with its engine; later if the node is paused, never if it is down. */
  void onNode(int node, Consumer<WorkflowEngine> action);

  /** Stops a node, if it runs, and starts it again. */
  void restartNode(int node, long downMs);

  /** Who was elected in a term, 0 if nobody. */
  int leaderOf(long term);

  /** Whether a node stood still at any time since then. */
  boolean pausedSince(int node, long nanos);

  /** Something is wrong. */
  void violated(Invariant invariant, int node, String expected, String actual);

  /** Tells the trace. */
  void traceWorkflow(int node, String what);
}
