package io.raftoral.workflow;

import org.jspecify.annotations.Nullable;

/** What a side effect does. */
@FunctionalInterface
public interface EffectBody<T extends @Nullable Object> {
  /**
   * Runs on the active node. Is interrupted when the node stops being active, or when the effect's time is over.
   *
   * @throws Exception becomes the effect's outcome, and is retried if the policy says so
   */
  T run(EffectContext context) throws Exception;
}
