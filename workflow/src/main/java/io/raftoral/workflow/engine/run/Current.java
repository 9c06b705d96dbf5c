package io.raftoral.workflow.engine.run;

import io.raftoral.workflow.EffectContext;
import io.raftoral.workflow.WorkflowContext;

/** What runs on this thread. Bound by the engine around workflow code and around the bodies of effects. */
public final class Current {
  /** The context of the workflow whose code this thread runs. */
  public static final ScopedValue<WorkflowContext> CONTEXT = ScopedValue.newInstance();

  /** The effect whose body this thread runs. */
  public static final ScopedValue<EffectContext> EFFECT = ScopedValue.newInstance();

  private Current() {}
}
