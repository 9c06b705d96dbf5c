package io.raftoral.workflow;

import org.jspecify.annotations.Nullable;

/** The node was closed, or stopped because of a failure that its log explains. */
public final class NodeStoppedException extends RaftoralException {
  private static final long serialVersionUID = 1L;

  /** Says what happened. */
  public NodeStoppedException(String message) {
    super(message);
  }

  /** Says what happened, and why. */
  public NodeStoppedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
