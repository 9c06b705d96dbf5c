package io.raftoral.workflow.node;

import io.raftoral.workflow.NodeListener;
import io.raftoral.workflow.RunProblem;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what a user's listener throws away from the node's threads. */
record SafeListener(NodeListener listener) implements NodeListener {
  private static final Logger log = LoggerFactory.getLogger(SafeListener.class);

  @Override
  public void activated(String node, long term) {
    safely(() -> listener.activated(node, term));
  }

  @Override
  public void deactivated(String node, long term) {
    safely(() -> listener.deactivated(node, term));
  }

  @Override
  public void checkpointApplied(String node, String workflowId, long position, long term) {
    safely(() -> listener.checkpointApplied(node, workflowId, position, term));
  }

  @Override
  public void runBlocked(String node, String workflowId, String problem) {
    safely(() -> listener.runBlocked(node, workflowId, problem));
  }

  @Override
  public void runStuck(String node, String workflowId, RunProblem problem) {
    safely(() -> listener.runStuck(node, workflowId, problem));
  }

  @Override
  public void failed(String node, Throwable cause) {
    safely(() -> listener.failed(node, cause));
  }

  private void safely(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      log.warn("{} threw an exception, which is ignored", listener.getClass().getName(), e);
    }
  }
}
