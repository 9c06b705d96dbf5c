package io.raftoral.workflow;

/** How often a side effect may run when nodes fail. */
public enum Delivery {
  /** Run, then checkpoint the outcome; a crash in between runs it again, with the same idempotency key. */
  AT_LEAST_ONCE,
  /**
   * Checkpoint the intent, then run. Who finds an intent without an outcome does not run it: the workflow gets an {@link
   * OutcomeUnknownException}.
   */
  AT_MOST_ONCE
}
