package io.raftoral.workflow.weave;

import org.jspecify.annotations.Nullable;

/** What the weaver makes every workflow class implement. Not for use by applications. */
public interface Woven {
  /** The run that this object belongs to; null before its constructor has returned, and outside runs. */
  @Nullable Journaled raftoral$run();

  /** Ties the object to a run: from now on, assignments of its replicated fields are checkpoints. */
  void raftoral$run(Journaled run);
}
