package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.engine.state.Outcome;
import io.raftoral.workflow.engine.state.RunHead;
import org.jspecify.annotations.Nullable;

/** What a branch waits for at the end of its journal, on the node that is active. */
@FunctionalInterface
interface Waiting {
  /** What has come, null if nothing has. Called again when something was applied to the run; reads applied state. */
  @Nullable Outcome come();

  /** When to look again even if nothing is applied, on the group's clock. */
  default long untilMs() {
    return RunHead.NEVER;
  }

  /** Whether a request to end ends the waiting. */
  default boolean cancellable() {
    return true;
  }
}
