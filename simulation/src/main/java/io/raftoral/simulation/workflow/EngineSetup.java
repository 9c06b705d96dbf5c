package io.raftoral.simulation.workflow;

import io.raftoral.simulation.world.SimRandom;
import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.WorkflowType;
import io.raftoral.workflow.engine.EngineConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the engines of a cluster are made of, and who is told of what they do. */
public interface EngineSetup {
  /** How a node's engine is configured in this life of its process. */
  EngineConfig config(int node, SimRandom random);

  /** What it can run. */
  List<WorkflowType<?, ?>> types(int node, SimRuntime runtime);

  /** Told of what it does. */
  NodeListener listener(int node);

  /** Which threads it runs on. */
  StrandThreads.Kind threads();

  /**
   * A node has written a record of a journal.
   *
   * @param before what it had there, null if nothing
   */
  default void journalWritten(int node, StateKey key, byte @Nullable [] before, byte[] value) {}

  /** The process of a node is gone, and every effect that it was running. */
  default void died(int node) {}
}
