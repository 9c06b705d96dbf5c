package io.raftoral.workflow;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A run that was started, here or elsewhere. Safe for use by several threads. */
public interface WorkflowHandle<O extends @Nullable Object> {

  /** The id under which it was started. */
  String id();

  /**
   * Waits for the end of the run, as long as the client's default timeout.
   *
   * @throws WorkflowFailedException if the run failed
   * @throws RequestOutcomeUnknownException if it did not end in time
   */
  O result();

  /** Likewise, within {@code timeout}. */
  O result(Duration timeout);

  /** What the run looks like now. */
  RunDescription describe();
}
